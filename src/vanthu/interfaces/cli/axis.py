"""`vanthu-axis`: the console of the interchange axis."""

from __future__ import annotations

from collections.abc import Sequence

from vanthu.interfaces.cli.command import run_program

COMMANDS = {
    "serve": ("vanthu.interfaces.cli.axis_serve", "Chạy máy chủ của trục"),
    "worker": ("vanthu.interfaces.cli.axis_worker", "Chạy các việc nền của trục"),
    "migrate": ("vanthu.interfaces.cli.axis_migrate", "Tạo hoặc nâng cấp cơ sở dữ liệu của trục"),
    "system": ("vanthu.interfaces.cli.axis_system", "Hệ thống kết nối: thêm, đổi khóa bí mật, liệt kê"),
    "agency": ("vanthu.interfaces.cli.axis_agency", "Danh bạ cơ quan: thêm, đóng mã, liệt kê"),
    "blobs": ("vanthu.interfaces.cli.axis_blobs", "Gói tin lưu trữ: tệp nào hỏng, tệp nào không ai dùng"),
    "health": ("vanthu.interfaces.cli.axis_health", "Trục có làm việc được không, và điều gì đang cản trở"),
    "status": ("vanthu.interfaces.cli.axis_status", "Trục đang giữ gì, hộp nào không ai lấy"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one `vanthu-axis` command and return its exit code."""
    return run_program("vanthu-axis", "Trục liên thông văn bản", COMMANDS, argv)
