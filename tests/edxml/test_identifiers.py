"""Codes of bodies and documents: lenient on arrival, strict on departure."""

from __future__ import annotations

from datetime import date

import pytest

from vanthu import edxml

CODES = [
    # code, readable, may be sent, level
    ("000.00.00.H49", True, True, 1),
    ("000.00.01.H29", True, True, 2),
    ("000.12.01.H29", True, True, 3),
    ("001.12.01.H29", True, True, 4),
    ("H57", True, True, 1),
    ("H37.02.02", True, True, 3),
    ("H37.DN.001", True, True, 3),
    ("H55.242", True, True, 2),
    ("0100109106", True, True, None),
    ("0100109106001", True, True, None),
    ("02.44.W00", True, False, None),
    ("28.22.H17", True, False, None),
    ("vxp.saas.03", True, False, None),
    ("h37.02", True, False, None),
    ("H37." + "1" * 31, True, True, 2),
    ("H37." + "1" * 32, False, False, 2),
    ("0100109106-001", False, False, None),
    ("H37..02", False, False, None),
    ("H37.02\n", False, False, None),
    ("", False, False, None),
    ("Sở Nội vụ", False, False, None),
]


@pytest.mark.parametrize(("code", "readable", "sendable", "level"), CODES)
def test_codes_of_bodies(code: str, readable: bool, sendable: bool, level: int | None) -> None:
    assert edxml.is_acceptable_organ_id(code) is readable
    assert edxml.is_sendable_organ_id(code) is sendable
    assert edxml.organ_level(code) == level


def test_the_identifier_of_a_document_has_three_parts() -> None:
    built = edxml.build_document_id("000.00.00.G22", date(2015, 9, 30), "7816", "VPCP-TTĐT")
    assert built == "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"


def test_every_status_has_a_label() -> None:
    assert all(code.label for code in edxml.StatusCode)
