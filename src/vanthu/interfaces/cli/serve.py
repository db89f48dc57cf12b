"""`vanthu serve`: the web server, granian over WSGI."""

from __future__ import annotations

import argparse
import os
import socket

from vanthu.config import environment
from vanthu.config.environment import SettingRefused
from vanthu.interfaces.cli import notify, settings, waiting
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.parser import port_number
from vanthu.kernel.errors import why


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

    A worker process that dies is replaced. Raises CommandRefused for a wrong setting or a taken port.
    """
    settings.choose(settings_module)
    try:
        port = port or environment.port("PORT", 8000)
        processes = environment.positive("VANTHU_WEB_PROCESSES", min(2, os.cpu_count() or 1))
        threads = environment.positive("VANTHU_WEB_THREADS", 4)
    except SettingRefused as refused:
        raise CommandRefused(str(refused)) from refused
    settings.require_folder()
    _require_free(host, port)
    # Pages say themselves that they wait for the database, and come back with it.
    waiting.look_for_database()
    notify.vouch_for(host, port)
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    Granian(
        "vanthu.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        websockets=False,
        # A slow or silent client must not hold a connection for ever.
        http1_settings=HTTP1Settings(header_read_timeout=30_000),
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


def _require_free(host: str, port: int) -> None:
    """Refuse a taken port with a sentence; granian's own failure is a traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandRefused(
                f"Không lắng nghe được ở {host}:{port}: {why(error)}. Hãy chọn địa chỉ hoặc cổng khác."
            ) from error
