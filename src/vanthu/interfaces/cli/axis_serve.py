"""`vanthu-axis serve`: the web server of the axis."""

from __future__ import annotations

import argparse

from vanthu.interfaces.cli import serve, settings


def configure(parser: argparse.ArgumentParser) -> None:
    """The address; processes and threads as for `vanthu serve`."""
    serve.configure(parser)


def run(args: argparse.Namespace) -> int:
    """Serve the axis until SIGINT or SIGTERM."""
    serve.serve(settings.AXIS, host=args.host, port=args.port)
    return 0
