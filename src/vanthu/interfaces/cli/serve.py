"""`vanthu serve`: the web server, in processes of threads behind one socket (ADR 0025)."""

from __future__ import annotations

import argparse
import os
import socket

from vanthu.config import environment
from vanthu.config.environment import SettingRefused
from vanthu.interfaces.cli import notify, settings, waiting
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.parser import port_number
from vanthu.interfaces.server.workers import Workers
from vanthu.kernel.errors import why

#: Connections the kernel holds for us until a process takes them in.
_BACKLOG = 1024


def configure(parser: argparse.ArgumentParser) -> None:
    """The address; how many processes and threads comes from the environment."""
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ĐỊA_CHỈ", help="địa chỉ lắng nghe (mặc định 127.0.0.1)"
    )
    parser.add_argument(
        "--port",
        type=port_number,
        default=None,
        metavar="CỔNG",
        help="cổng lắng nghe (mặc định: biến PORT, hoặc 8000)",
    )
    parser.epilog = (
        "VANTHU_WEB_PROCESSES và VANTHU_WEB_THREADS: số tiến trình và số luồng của mỗi tiến trình."
    )


def run(args: argparse.Namespace) -> int:
    """Serve the document system until SIGINT or SIGTERM."""
    serve(settings.SYSTEM, host=args.host, port=args.port)
    return 0


def serve(settings_module: str, *, host: str, port: int | None) -> None:
    """Serve `settings_module` on host:port until SIGINT or SIGTERM; requests under way are finished.

    A server process that dies is replaced. Raises CommandRefused for a wrong setting or a taken port.
    """
    settings.choose(settings_module)
    try:
        port = port or environment.port("PORT", 8000)
        processes = environment.positive("VANTHU_WEB_PROCESSES", min(2, os.cpu_count() or 1))
    except SettingRefused as refused:
        raise CommandRefused(str(refused)) from refused
    settings.require_folder()
    with _listening(host, port) as listening:
        # Pages say themselves that they wait for the database, and come back with it.
        waiting.look_for_database()
        notify.vouch_for(host, port)
        Workers(listening, processes).run()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections already, so that none is lost while the processes start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        # A port in the last minute of an earlier life is free; one that is listened on is not.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise CommandRefused(
            f"Không lắng nghe được ở {host}:{port}: {why(error)}. Hãy chọn địa chỉ hoặc cổng khác."
        ) from error
    return listening
