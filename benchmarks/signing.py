"""Signing and checking signatures, per core, beside what the bare arithmetic costs."""

from __future__ import annotations

from benchmarks import children
from benchmarks.figures import Figure, Limit, at_least, at_most
from benchmarks.house import House


def measure(house: House, *, documents: int) -> list[Figure]:
    """Signatures made and checked per second of one core, B-B, beside `openssl speed` on that core."""
    found = children.ask("one_core", {"folder": str(house.var)})
    speed = {
        algorithm: (
            Limit(what=f"openssl ký {algorithm}", value=made, unit="chữ ký/giây"),
            Limit(what=f"openssl kiểm tra {algorithm}", value=checked, unit="chữ ký/giây"),
        )
        for algorithm, (made, checked) in found["openssl"].items()
    }
    size = f"{found['size'] / 1024:.0f} KB"
    figures = [
        Figure(what=f"ký văn bản, {algorithm}", value=rate, unit="chữ ký/giây", limit=speed[algorithm][0])
        for algorithm, rate in found["signing"].items()
    ]
    return [
        *figures,
        Figure(
            what="ký văn bản, RSA-2048 trong SoftHSM2",
            value=found["token"],
            unit="chữ ký/giây",
            limit=speed["RSA-2048"][0],
            note="mở thiết bị, nhập PIN mỗi lần",
        ),
        Figure(
            what="cấp số và đóng dấu, RSA-2048",
            value=found["sealing"],
            unit="chữ ký/giây",
            limit=speed["RSA-2048"][0],
        ),
        Figure(
            what="kiểm tra văn bản 2 chữ ký",
            value=found["checking"],
            unit="chữ ký/giây",
            limit=speed["RSA-2048"][1],
            budget=at_least(40),
            note=size,
        ),
        Figure(
            what="kiểm tra 5 chữ ký trên một tệp",
            value=found["five"],
            unit="giây",
            limit=Limit(
                what="openssl kiểm tra 5 chữ ký RSA-2048", value=5 / speed["RSA-2048"][1].value, unit="giây"
            ),
            budget=at_most(2),
        ),
    ]
