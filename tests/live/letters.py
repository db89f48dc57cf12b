"""Letters for the tests, typeset as the demo's are."""

from __future__ import annotations

import itertools
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from vanthu.interfaces.cli.demo.cast import AgencyPlan, PersonPlan, agencies
from vanthu.interfaces.cli.demo.letters import SAMPLE_BODY, typeset

_COUNT = itertools.count(1)


def new_subject(topic: str) -> str:
    """A subject no other letter has."""
    return f"V/v {topic} (thử {os.getpid()}.{next(_COUNT)})"


def letter(folder: Path, *, signer: str, unit: str, subject: str, to: list[str]) -> Path:
    """The PDF of an unsigned letter of the signer's agency."""
    agency, person = plan_of(signer)
    pdf = typeset(
        agency=agency,
        unit=unit,
        signer=person,
        notation=f"{agency.abbreviation}-{unit}",
        subject=subject,
        to=to,
        body=SAMPLE_BODY,
        year=datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).year,
    )
    path = folder / "du-thao.pdf"
    path.write_bytes(pdf)
    return path


def plan_of(username: str) -> tuple[AgencyPlan, PersonPlan]:
    """The agency and the plan of a person of the demo."""
    for agency in agencies():
        for person in agency.people:
            if person.username == username:
                return agency, person
    raise KeyError(username)
