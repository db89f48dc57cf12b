"""Hostile values at every address of the axis, signed and not: an answer of the protocol, and no fault."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from tests.axis.test_hostile_values import FIELDS, PARAMETERS, signed
from tests.axis.test_signed_requests import ALL
from tests.axis.world import SECRETS, AxisWorld
from tests.hostile import values
from tests.hostile.addresses import Address, addresses
from tests.hostile.visitors import Ledger, at_the_front, query_of

CALLS = addresses("vanthu.config.axis_urls")
#: What the axis reads from a request.
NAMES = [*PARAMETERS, "systemid", "timestamp", "sign-header", "sign-header-key", "hash-header"]


def _headers(rng: random.Random) -> dict[str, str]:
    """As a known system would sign them, with some hostile; some changed after that."""
    parameters = {name: ALL.get(name, "") for name in PARAMETERS}
    for name in rng.sample(PARAMETERS, rng.choice([0, 1, 1, 3])):
        parameters[name] = values.text(rng)
    headers = signed(rng.choice(list(SECRETS)), parameters) if rng.random() < 0.8 else {}
    for name in rng.sample(NAMES, rng.choice([0, 0, 1])):
        headers[f"XroadVnpt-{name}"] = values.text(rng)
    for name in rng.sample(values.HEADERS, rng.choice([0, 0, 1])):
        headers[name] = values.text(rng)
    return headers


def _body(rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return rng.choice(values.BODIES)
    entry: dict[str, Any] = dict.fromkeys(FIELDS, "H29.99")
    for name in rng.sample(FIELDS, 2):
        entry[name] = rng.choice([values.text(rng), [], {}, 10**400, -1.5, None, True])
    return json.dumps(entry).encode()


def _call(address: Address, rng: random.Random) -> dict[str, Any]:
    headers = _headers(rng)
    extra = {
        f"HTTP_{name.upper().replace('-', '_')}": values.as_header(text) for name, text in headers.items()
    }
    extra.pop("HTTP_CONTENT_TYPE", None)
    length = extra.pop("HTTP_CONTENT_LENGTH", None)
    return {
        "method": rng.choice([*values.METHODS, "POST", "POST", "POST"]),
        "path": address.path(),
        "data": _body(rng),
        "content_type": rng.choice(values.CONTENT_TYPES),
        "QUERY_STRING": query_of({values.text(rng): values.text(rng)}) if rng.random() < 0.2 else "",
        **extra,
        **({"CONTENT_LENGTH": length} if length is not None else {}),
    }


@pytest.mark.django_db
def test_the_axis_stands_a_random_way_through_all_of_them(protocol: AxisWorld) -> None:
    rng, browser, ledger = random.Random(values.SEED), at_the_front(), Ledger()
    ends_at, left = time.monotonic() + values.SECONDS, 1500 if values.SECONDS <= 60 else 10**9
    count, wrong = 0, []
    while time.monotonic() < ends_at and count < left:
        count += 1
        call = _call(rng.choice(CALLS), rng)
        with ledger.watching():
            answer = browser.generic(**call)
        content = b"".join(answer)
        if answer.status_code >= 500:
            wrong.append(f"{call} {answer.status_code} {content[:300]!r}")
        is_refusal = answer["Content-Type"] == "application/json" and b'"FAIL"' in content[:40]
        changed = [table for table in ledger.changed() if table != "axis_usedsignature"]
        if changed and (is_refusal or answer.status_code >= 400):
            wrong.append(f"{call} {content[:300]!r} wrote {changed}")

    print(f"seed {values.SEED}: {count} calls in at most {values.SECONDS:.0f} s")
    assert count > 50
    assert not wrong, "\n\n".join(wrong[:5])
