"""`vanthu`: the console of the document system."""

from __future__ import annotations

from collections.abc import Sequence

from vanthu.interfaces.cli.command import run_program

COMMANDS = {
    "verify": ("vanthu.interfaces.cli.verify", "Kiểm tra chữ ký số trên một tệp PDF"),
    "edxml": ("vanthu.interfaces.cli.edxml", "Đọc, ghi gói tin edXML (QCVN 102), hoặc lấy mẫu"),
    "audit": ("vanthu.interfaces.cli.audit", "Kiểm tra nhật ký: chuỗi băm còn nguyên vẹn hay không"),
    "blobs": ("vanthu.interfaces.cli.blobs", "Tệp lưu trữ: tệp nào hỏng, tệp nào không ai dùng"),
    "aside": ("vanthu.interfaces.cli.aside", "Gói tin, việc nền để riêng: liệt kê, cho thử lại"),
    "judge-again": (
        "vanthu.interfaces.cli.judge_again",
        "Kiểm tra lại chữ ký của văn bản đến đã kết luận theo quy tắc cũ",
    ),
    "demo": (
        "vanthu.interfaces.cli.demo",
        "Tỉnh mẫu: chạy cả hệ thống, diễn lại việc chính, kiểm tra nhật ký",
    ),
    "migrate": ("vanthu.interfaces.cli.migrate", "Tạo hoặc nâng cấp cơ sở dữ liệu"),
    "agency": (
        "vanthu.interfaces.cli.agency",
        "Cơ quan được phục vụ: nạp từ tệp, liệt kê, lấy tệp mẫu",
    ),
    "account": (
        "vanthu.interfaces.cli.account",
        "Tài khoản: liệt kê, đặt lại mật khẩu, mở khóa, ngừng, mở lại",
    ),
    "serve": ("vanthu.interfaces.cli.serve", "Chạy máy chủ web"),
    "worker": ("vanthu.interfaces.cli.worker", "Chạy các việc nền"),
    "health": ("vanthu.interfaces.cli.health", "Hệ thống có làm việc được không, và điều gì đang cản trở"),
    "manage": ("vanthu.interfaces.cli.manage", "Lệnh quản trị của Django"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one `vanthu` command and return its exit code."""
    return run_program("vanthu", "Hệ thống quản lý văn bản và điều hành", COMMANDS, argv)
