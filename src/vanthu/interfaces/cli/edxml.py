"""`vanthu edxml`: read a packet into words or JSON, write one from JSON, give a JSON to begin with."""

from __future__ import annotations

import argparse
import errno
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vanthu import edxml
from vanthu.edxml.transport import file_hash
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.parser import add_acts, one_line
from vanthu.kernel.errors import why

_BUSINESS = {
    edxml.BusinessType.NEW: "văn bản mới",
    edxml.BusinessType.RECALL: "thu hồi văn bản",
    edxml.BusinessType.UPDATE: "cập nhật văn bản",
    edxml.BusinessType.REPLACE: "thay thế văn bản",
}
_PRIORITY = {
    edxml.Priority.NORMAL: "Thường",
    edxml.Priority.URGENT: "Khẩn",
    edxml.Priority.VERY_URGENT: "Thượng khẩn",
    edxml.Priority.EXPRESS: "Hỏa tốc",
    edxml.Priority.TIMED_EXPRESS: "Hỏa tốc hẹn giờ",
}
_ACTS = {
    "read": "Đọc một gói tin edXML",
    "write": "Ghi một gói tin edXML từ JSON",
    "sample": "Ghi một JSON mẫu để sửa rồi dùng với «write»",
}
_LABEL_WIDTH = 16
_PROBLEMS_SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare `read`, `write` and `sample`."""
    acts = add_acts(parser, _ACTS, "act")
    reading, writing, sampling = acts["read"], acts["write"], acts["sample"]
    reading.add_argument("file", type=Path, metavar="FILE", help="gói tin .edxml")
    reading.add_argument("--json", action="store_true", help="in JSON, tên phần tử làm khóa")
    reading.add_argument(
        "--attachments", type=Path, metavar="DIR", help="ghi các tệp đính kèm ra thư mục này"
    )
    writing.add_argument("file", type=Path, metavar="FILE.json", help="dạng JSON mà «read --json» in ra")
    writing.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE.edxml", help="gói tin cần ghi"
    )
    sampling.add_argument("files", type=Path, nargs="*", metavar="TỆP", help="tệp gửi kèm trong gói tin")
    sampling.add_argument("--status", action="store_true", help="mẫu của gói tin trạng thái")
    sampling.add_argument("-o", "--output", type=Path, metavar="FILE.json", help="tệp mới (mặc định: in ra)")


def run(args: argparse.Namespace) -> int:
    """Read or write; every fault is one Vietnamese line and exit code 2."""
    try:
        return {"read": _read, "write": _write, "sample": _sample}[args.act](args)
    except edxml.InvalidPacket as invalid:
        raise CommandRefused(one_line("; ".join(_first_problems(invalid)))) from None
    except edxml.EdxmlError as error:
        raise CommandRefused(f"{_subject(args)}: {one_line(error.message)}") from None
    except OSError as error:
        if error.filename is None and error.errno in {errno.EPIPE, errno.ENOSPC}:
            # Where the answer goes, not what was asked about: said alike for every command.
            raise
        raise CommandRefused(f"{error.filename or _subject(args)}: {why(error)}.") from None


def _subject(args: argparse.Namespace) -> Path:
    """The file to blame where the error names none."""
    return Path(args.output or "JSON mẫu") if args.act == "sample" else Path(args.file)


def _read(args: argparse.Namespace) -> int:
    if args.attachments is not None:
        _show(args, edxml.read(args.file, attachments_dir=args.attachments))
        return 0
    with tempfile.TemporaryDirectory(prefix="vanthu-edxml-") as folder:
        _show(args, edxml.read(args.file, attachments_dir=Path(folder)))
    return 0


def _show(args: argparse.Namespace, packet: edxml.Packet | edxml.StatusPacket) -> None:
    kept = args.attachments is not None
    if args.json:
        print(json.dumps(_as_json(packet, with_paths=kept), ensure_ascii=False, indent=2))
        return
    lines = _packet_lines(packet) if isinstance(packet, edxml.Packet) else _status_lines(packet)
    for label, value in lines:
        if value:
            print(f"{label + ':':<{_LABEL_WIDTH}}{one_line(value)}")
    if kept and isinstance(packet, edxml.Packet):
        for attachment in packet.attachments:
            print(f"{'Đã ghi:':<{_LABEL_WIDTH}}{attachment.path}")
    for warning in packet.warnings:
        print(f"{'Lưu ý:':<{_LABEL_WIDTH}}{one_line(warning)}")


def _as_json(packet: edxml.Packet | edxml.StatusPacket, *, with_paths: bool) -> dict[str, Any]:
    data = edxml.to_json(packet)
    if with_paths and isinstance(packet, edxml.Packet):
        for described, attachment in zip(data["attachments"], packet.attachments, strict=True):
            # Absolute: nobody knows where the JSON will be saved.
            described["path"] = str(attachment.path.resolve())
    return data


def _packet_lines(packet: edxml.Packet) -> Iterator[tuple[str, str]]:
    business = packet.business
    act = _BUSINESS.get(business.type, "không rõ") if business.type is not None else "không rõ"
    yield "Gói tin", f"văn bản (edoc), {act}"
    yield "Lý do", business.reason if business.type else ""
    yield "Bên gửi", _party(packet.sender)
    for party in packet.recipients:
        yield "Nơi nhận", _party(party)
    yield "Mã văn bản", packet.document_id
    yield "Số, ký hiệu", packet.code.text.strip("/")
    yield "Ngày ban hành", _day(packet.promulgation.promulgation_date)
    yield "Loại văn bản", packet.document_type.name
    yield "Trích yếu", packet.subject
    yield "Người ký", _signer(packet.signer)
    yield "Độ khẩn", _urgency(packet.other)
    yield "Hạn xử lý", _day(packet.due_date)
    for answered in packet.responses:
        yield "Trả lời", " ".join(filter(None, (answered.code, answered.organ_id)))
    for attachment in packet.attachments:
        yield "Tệp", f"{attachment.name} ({_size(attachment.size)}, SHA-256 {attachment.sha256})"


def _status_lines(packet: edxml.StatusPacket) -> Iterator[tuple[str, str]]:
    meaning = packet.status.label if packet.status else "mã lạ"
    about = packet.response_for
    yield "Gói tin", "trạng thái (status)"
    yield "Trạng thái", f"{packet.status_code} {meaning}"
    yield "Nội dung", packet.description
    yield "Bên gửi", _party(packet.sender)
    yield "Gửi tới", about.organ_id
    yield "Về văn bản", " ".join(filter(None, (about.code, _day(about.promulgation_date))))
    yield "Mã văn bản", about.document_id
    if packet.timestamp is not None:
        yield "Thời điểm", f"{packet.timestamp:%d/%m/%Y %H:%M:%S}"


def _party(party: edxml.Party) -> str:
    return f"{party.name or '(không có tên)'} ({party.organ_id or 'không có mã'})"


def _day(day: Any) -> str:
    return "" if day is None else f"{day.day:02}/{day.month:02}/{day.year:04}"


def _signer(signer: edxml.Signer | None) -> str:
    if signer is None:
        return ""
    return ", ".join(filter(None, (signer.full_name, signer.position, signer.competence)))


def _urgency(other: edxml.OtherInfo | None) -> str:
    return "" if other is None or other.priority is None else _PRIORITY[other.priority]


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} byte"
    kilobytes = size / 1024
    text = f"{kilobytes:.1f} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"
    return text.replace(".", ",")


def _write(args: argparse.Namespace) -> int:
    data = _load(args.file)
    _require_place(args.output)
    packet = edxml.from_json(data)
    if isinstance(packet, edxml.StatusPacket):
        edxml.write_status(packet, args.output)
    else:
        sources = [*_sources(data.get("attachments"), args.file.parent)]
        edxml.write(packet, sources, args.output)
    return 0


def _require_place(output: Path) -> None:
    """Refuse by its own name a place nothing can be written to; the writer works beside it, under another."""
    if output.is_dir():
        raise CommandRefused(f"{output}: là thư mục, không phải tệp.")
    if not output.parent.is_dir():
        raise CommandRefused(f"{output.parent}: không có thư mục này.")


def _sample(args: argparse.Namespace) -> int:
    name = "edxml_status.json" if args.status else "edxml_document.json"
    data = json.loads(Path(__file__).with_name(name).read_bytes())
    if args.status and args.files:
        raise CommandRefused("Gói tin trạng thái không kèm tệp. Hãy bỏ --status hoặc bỏ tên tệp.")
    for file in args.files:
        # Read to the end now, so that a file that cannot be sent is refused before the JSON is written.
        described = {"name": file.name, "path": str(file.resolve()), "sha256": file_hash(file)}
        data["attachments"].append(described)
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if args.output is None:
        print(text, end="")
        return 0
    try:
        with args.output.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        raise CommandRefused(f"{args.output}: đã có tệp này. Hãy chọn tên khác.") from None
    return 0


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise CommandRefused(f"{path}: không phải JSON đúng cú pháp.") from None
    if not isinstance(data, dict):
        raise CommandRefused(f"{path}: phải là một đối tượng JSON như «vanthu edxml read --json» in ra.")
    return data


def _sources(described: Any, folder: Path) -> Iterator[edxml.AttachmentSource]:
    if not isinstance(described, list | None):
        raise CommandRefused("attachments: phải là một danh sách.")
    for number, item in enumerate(described or (), start=1):
        where = f"attachments[{number}]"
        if not isinstance(item, Mapping) or not all(isinstance(item.get(k, ""), str) for k in _TEXT_KEYS):
            raise CommandRefused(f"{where}: phải là một đối tượng JSON có name và path là chuỗi ký tự.")
        if not item.get("path"):
            raise CommandRefused(
                f"{where}: chưa có path; hãy đọc gói tin với «--attachments DIR» để có các tệp đính kèm."
            )
        yield _source(item, folder / item["path"], where)


_TEXT_KEYS = ("name", "path", "content_type", "description", "sha256")


def _source(item: Mapping[str, Any], path: Path, where: str) -> edxml.AttachmentSource:
    # A listing and the files beside it can drift apart; what was listed is what must be sent.
    if item.get("sha256") and path.is_file() and file_hash(path) != item["sha256"].lower():
        raise CommandRefused(f"{where}: tệp {path} không còn đúng SHA-256 đã ghi.")
    return edxml.AttachmentSource(
        path=path,
        name=item.get("name") or path.name,
        content_type=item.get("content_type", ""),
        description=item.get("description", ""),
    )


def _first_problems(invalid: edxml.InvalidPacket) -> Iterator[str]:
    yield from map(str, invalid.problems[:_PROBLEMS_SHOWN])
    if len(invalid.problems) > _PROBLEMS_SHOWN:
        yield f"và {len(invalid.problems) - _PROBLEMS_SHOWN} lỗi khác"
