"""`vanthu health`: what stands in the way of the work now, for the administrator."""

from __future__ import annotations

import argparse

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.parser import one_line

_EXIT_CODES = {"ok": 0, "cảnh báo": 1, "lỗi": 2}


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: the installation comes from the environment."""
    parser.epilog = "Mã thoát: 0 bình thường, 1 có cảnh báo, 2 có lỗi làm mọi thao tác không thực hiện được."


def run(args: argparse.Namespace) -> int:
    """Say what is wrong with the document system, a line each."""
    return tell(settings.SYSTEM)


def tell(settings_module: str) -> int:
    """Examine the installation of `settings_module`, print what was found; the exit code of its verdict."""
    settings.load(settings_module)
    settings.require_folder()
    from vanthu.kernel import health

    ailments = health.examine()
    for ailment in ailments:
        print(f"{'Lỗi' if ailment.stops_acts else 'Cảnh báo'}: {one_line(ailment.sentence)}")
    if not ailments:
        print("Hệ thống đang làm việc bình thường.")
    return _EXIT_CODES[health.verdict(ailments)]
