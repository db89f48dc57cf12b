"""`vanthu demo`: the fictional province: run it, act the main job in it, check its trail."""

from __future__ import annotations

import argparse

from vanthu.interfaces.cli.parser import add_commands

#: Name → module and one Vietnamese line of help. A module is imported only when it is asked for.
COMMANDS = {
    "run": ("vanthu.interfaces.cli.demo.run", "Chạy tỉnh mẫu cho đến khi bấm Ctrl-C"),
    "play": ("vanthu.interfaces.cli.demo.play", "Diễn lại việc chính trên tỉnh mẫu đang chạy"),
    "audit": ("vanthu.interfaces.cli.demo.audit", "Kiểm tra nhật ký của mọi hệ thống trong tỉnh mẫu"),
    "load": ("vanthu.interfaces.cli.demo.load", "Nạp dữ liệu mẫu của một hệ thống («run» tự gọi)"),
    "pki": ("vanthu.interfaces.cli.demo.pki_service", "Dịch vụ chứng thực mẫu («run» tự gọi)"),
    "directory": (
        "vanthu.interfaces.cli.demo.directory",
        "Ghi các cơ quan mẫu vào danh bạ của trục («run» tự gọi)",
    ),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Its commands, each in a module of its own."""
    add_commands(parser, COMMANDS, "VIỆC")
