"""What the axis's console commands share: the axis set up, and its operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.console import console
from vanthu.kernel.actor import Actor


@contextmanager
def axis_console() -> Iterator[Actor]:
    """Set the axis up and give the operator; whatever is refused inside is told as `console` does."""
    with console(settings.AXIS, database="cơ sở dữ liệu của trục", migrate="vanthu-axis migrate"):
        from vanthu.axis.rules import operator

        yield operator("Quản trị trục")
