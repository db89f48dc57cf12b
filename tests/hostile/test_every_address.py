"""Hostile values at every address under every name, by everybody: no fault of ours, and nothing half done."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Iterable

import pytest
from django.http import HttpResponse

from tests.hostile import values
from tests.hostile.addresses import WEB, Address, addresses, parameters, reads
from tests.hostile.visitors import (
    MAY_WRITE_THOUGH_REFUSED,
    Browsers,
    Knock,
    Ledger,
    Town,
    close,
    knock,
    query_of,
    somewhere,
)
from tests.world import World

PAGES = addresses("vanthu.config.urls")
NAMES = sorted(parameters())

#: Where a request is handed on whole: to a form, whose fields are names, or to what reads every one.
WHOLE = {
    "interfaces.web.accounts.devices",
    "interfaces.web.aside.views",
    "interfaces.web.conflicts",
    "interfaces.web.http",
    "interfaces.web.incoming.directing",
    "interfaces.web.incoming.views",
    "interfaces.web.keeping.views",
    "interfaces.web.kept",
    "interfaces.web.outgoing.drafting",
    "interfaces.web.outgoing.uploading",
    "interfaces.web.outgoing.views",
    "interfaces.web.picking",
    "interfaces.web.reception",
    "interfaces.web.registers.views",
    "interfaces.web.session",
    "interfaces.web.templatetags.screen",
}


class TestNames:
    def test_are_all_known_to_this_test(self) -> None:
        handed_on = {module.name for module in WEB for _, name in reads(module) if name is None}

        assert handed_on == WHOLE, "read a request under a name that is a constant, or list the module here"
        assert {"q", "tep", "tra-loi", "nam", "tai", "phien", "next", "subject", "pin"} <= set(NAMES)


def _fault(made: Knock, answer: HttpResponse) -> str:
    cause = getattr(answer, "exc_info", None)
    if cause is None:
        return f"{answer.status_code}"
    return "".join(traceback.format_exception(*cause)[-3:])


def _walk(town: Town, knocks: Iterable[Knock]) -> tuple[list[str], int]:
    """Send every one; what went wrong, and how many were sent."""
    browsers, ledger = Browsers(), Ledger()
    wrong: dict[str, str] = {}
    count = 0
    for made in knocks:
        count += 1
        browser = browsers.of(made.who, ledger)
        try:
            with ledger.watching():
                answer = made.send(browser)
        except Exception as error:
            wrong.setdefault(f"{made.address.name} {error!r}", f"{made}\n{traceback.format_exc()[-1500:]}")
            browsers.forget(made.who)
            continue
        if answer.status_code >= 500 and answer.status_code != 503:
            fault = _fault(made, answer)
            wrong.setdefault(f"{made.address.name} {fault[-200:]}", f"{made}\n{fault}")
        changed = ledger.changed()
        refused = 400 <= answer.status_code < 500 and made.address.name not in MAY_WRITE_THOUGH_REFUSED
        if changed and refused:
            wrong.setdefault(f"{made.address.name} wrote", f"{made}\n{answer.status_code} wrote {changed}")
        if made.address.name.startswith("accounts:"):
            browsers.forget(made.who)
        close(answer)
    return list(wrong.values()), count


def _once(town: Town, rng: random.Random) -> Iterable[Knock]:
    """Every address under every name, with NUL and with marks, by GET and by POST."""
    for address in PAGES:
        for value in ("\0", "e" + "\u0301" * 3000):
            path = address.path(**{part: town.ids[part][0] for part in address.parts})
            yield Knock("officer", "GET", address, path, query=query_of({"q": value}))
            yield Knock("clerk", "POST", address, path, form=dict.fromkeys(NAMES, value))
    home = next(address for address in PAGES if address.name == "home:home")
    for name in NAMES:
        yield Knock("officer", "GET", home, "/tim/", query=query_of({name: "\0"}))
    for header in values.HEADERS:
        for value in ("http://[", "\0", "é" * 3000):
            headers = {header: value, "HX-Request": "true"} if header != "HX-Request" else {header: value}
            yield Knock("officer", "GET", home, "/", headers=headers)
            yield Knock("stranger", "POST", home, "/van-ban-den/", headers=headers)
    for content_type in values.CONTENT_TYPES:
        for body in values.BODIES:
            path = somewhere(home, town, rng)
            yield Knock("officer", "POST", home, path, body=body, content_type=content_type)


def _at_random(town: Town, rng: random.Random) -> Iterable[Knock]:
    ends_at = time.monotonic() + values.SECONDS
    # So many in the suite on a quick machine; on a slow one, the beginning of the same way.
    left = 1000 if values.SECONDS <= 60 else 10**9
    while time.monotonic() < ends_at and left:
        left -= 1
        address: Address = rng.choice(PAGES)
        yield knock(address, NAMES, town, rng)


@pytest.fixture
def town(world: World) -> Town:
    return Town.build(world)


@pytest.mark.django_db
class TestPages:
    def test_stand_every_address_once(self, town: Town) -> None:
        wrong, count = _walk(town, _once(town, random.Random(values.SEED)))

        assert count > 500
        assert not wrong, "\n\n".join(wrong)

    def test_stand_a_random_way_through_all_of_them(self, town: Town) -> None:
        wrong, count = _walk(town, _at_random(town, random.Random(values.SEED)))

        print(f"seed {values.SEED}: {count} requests in at most {values.SECONDS:.0f} s")
        assert count > 50
        assert not wrong, "\n\n".join(wrong)
