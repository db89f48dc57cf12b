"""`vanthu worker`: runs the background jobs (procrastinate), and those a killed worker left half-way."""

from __future__ import annotations

import argparse
import asyncio
import logging
from typing import TYPE_CHECKING, cast

from vanthu.config import environment
from vanthu.config.environment import SettingRefused
from vanthu.interfaces.cli import notify, settings, waiting
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.parser import how_many

if TYPE_CHECKING:
    from procrastinate import App

    from vanthu.kernel.proof_of_life import ProofOfLife
    from vanthu.kernel.rescue import Rescuer

logger = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """How many jobs at once."""
    parser.add_argument(
        "--concurrency",
        type=how_many,
        metavar="SỐ",
        default=None,
        help="số việc làm cùng lúc (mặc định: biến VANTHU_WORKER_CONCURRENCY, hoặc 4)",
    )


def run(args: argparse.Namespace) -> int:
    """Work for the document system until SIGINT or SIGTERM."""
    worker(settings.SYSTEM, concurrency=args.concurrency)
    return 0


def worker(settings_module: str, *, concurrency: int | None = None) -> None:
    """Run the jobs and the periodic tasks of `settings_module` until SIGINT or SIGTERM.

    A stop waits up to VANTHU_WORKER_STOP_SECONDS (20) for jobs under way; a job cut off, here or by a kill
    of any worker, is run again once that worker is proved dead (kernel.proof_of_life), which is looked for
    every VANTHU_WORKER_BEAT_SECONDS (5). Jobs are therefore run at least once, and never twice at the same
    time. A database that goes away is waited for. Raises CommandRefused.
    """
    settings.load(settings_module)
    from django.db import DatabaseError
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.exceptions import ConnectorException

    from vanthu.kernel import fence, workrooms
    from vanthu.kernel.proof_of_life import ProofOfLife

    try:
        concurrency = concurrency or environment.positive("VANTHU_WORKER_CONCURRENCY", 4)
        beat = environment.positive("VANTHU_WORKER_BEAT_SECONDS", 5)
        stop = environment.number("VANTHU_WORKER_STOP_SECONDS", 20)
    except SettingRefused as refused:
        raise CommandRefused(str(refused)) from refused
    settings.require_folder()
    workrooms.sweep_dead_rooms()
    waiting.wait_for_database()

    # One for the whole time: it knows under which numbers this process has worked.
    proof = ProofOfLife(connector_params())
    fence.let_sessions_prove(lambda: proof.worker)

    async def work() -> None:
        # Connections of its own each time: those of a database that went away are of no more use.
        connector = cast(DjangoConnector, app.connector).get_worker_connector()
        with app.replace_connector(connector) as working:
            await _work(working, proof, concurrency=concurrency, beat=beat, stop=stop)

    try:
        waiting.work_until_told(work)
    except (ConnectorException, DatabaseError) as error:
        said = settings.first_line(error)
        raise CommandRefused(f"Không làm việc được với cơ sở dữ liệu: {said}") from error
    finally:
        # Every thread has ended by now.
        proof.end()


async def _work(app: App, proof: ProofOfLife, *, concurrency: int, beat: int, stop: int) -> None:
    from vanthu.kernel import attempts
    from vanthu.kernel.apart import run_apart
    from vanthu.kernel.jobs import OwnedJobs
    from vanthu.kernel.rescue import Rescuer

    attempts.try_suspects_apart(run_apart)
    app.job_manager = OwnedJobs(app.connector, proof)
    async with app.open_async():
        await app.check_connection_async()
        rescue = asyncio.create_task(_rescue_lost_jobs(Rescuer(proof.given_up), beat))
        working = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                shutdown_graceful_timeout=stop,
                update_heartbeat_interval=beat,
                # Rows of finished jobs prove nothing: the evidence is in deliveries and the audit trail.
                delete_jobs="successful",
                # Signals cancel this work: see waiting.work_until_told.
                install_signal_handlers=False,
            )
        )
        notify.say_ready()
        try:
            await asyncio.wait({working, rescue}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # When the rescue failed (the database is gone), the worker must not live on half alive.
            for each in (rescue, working):
                each.cancel()
            results = await asyncio.gather(working, rescue, return_exceptions=True)
            await asyncio.to_thread(proof.end)
        for result in results:
            if isinstance(result, Exception):
                raise result


async def _rescue_lost_jobs(rescuer: Rescuer, pause: int) -> None:
    """Queue the jobs of dead workers again, looking every `pause` seconds."""
    from asgiref.sync import sync_to_async

    while True:
        await sync_to_async(_look)(rescuer)
        await asyncio.sleep(pause)


def _look(rescuer: Rescuer) -> None:
    from django.db import close_old_connections

    from vanthu.kernel import fence

    fence.do_no_job_here()
    # This thread outlives the database: its connection may have been lost since the last look.
    close_old_connections()
    rescuer.look()
