"""The directory, as its connected systems read and change it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.http.response import HttpResponseBase

from vanthu.axis import queries
from vanthu.axis.actions import directory
from vanthu.axis.queries import AgencyRow
from vanthu.axis.rules import Refusal, Refused
from vanthu.interfaces.axis import answers
from vanthu.interfaces.axis.gate import Call, protocol_call

_BODY_LIMIT = 64 * 1024


@protocol_call()
def get_agencies_list(call: Call) -> HttpResponseBase:
    """The open agencies of the whole directory."""
    return answers.ok_rows(_plain_row(row) for row in queries.list_agencies(call.actor))


@protocol_call(optional=("level",))
def get_agencies_list_qd20(call: Call) -> HttpResponseBase:
    """As `getAgenciesList`, each with its code of before QĐ 20/2020/QĐ-TTg (`code102`).

    What `level` narrows on the national axis is not published, so it narrows nothing: a recipient too many
    can be passed over, a missing one cannot be written to.
    """
    rows = queries.list_agencies(call.actor)
    return answers.ok_rows({**_plain_row(row), "code102": row.old_code} for row in rows)


@protocol_call()
def get_synchronize_unit(call: Call) -> HttpResponseBase:
    """The whole directory with its closed codes, for systems that keep a copy."""
    return answers.ok_rows(_synchronised(queries.list_agencies(call.actor, closed_too=True)))


@protocol_call()
def register_agency(call: Call) -> HttpResponseBase:
    """Đăng ký cơ quan: change an agency of the calling system; the body is JSON, and unsigned."""
    entry = _entry(call)
    directory.register_agency(
        actor=call.actor,
        system_id=call.actor.agency_id,
        entry=entry,
        signature=call.parameters.signature,
        now=call.now,
    )
    return answers.ok()


@protocol_call("AgencyCode")
def delete_agency(call: Call) -> HttpResponseBase:
    """Đóng mã cơ quan of the calling system; nothing is deleted."""
    directory.close_agency(actor=call.actor, code=call.text("AgencyCode"), now=call.now)
    return answers.ok()


def _plain_row(row: AgencyRow) -> dict[str, object]:
    return {
        "code": row.code,
        "id": str(row.id),
        "mail": row.mail,
        "name": row.name,
        "pid": str(row.parent_id) if row.parent_id else "",
    }


def _synchronised(rows: Iterator[AgencyRow]) -> Iterator[dict[str, object]]:
    for row in rows:
        yield {
            **_plain_row(row),
            "version": "1",
            "centerCode": row.centre_code,
            "deleted": row.closed_at is not None,
            "modifyDate": answers.moment(row.changed_at),
            "isAgency": True,
            "successorCode": row.successor_code,
            "code102": row.old_code,
        }


def _entry(call: Call) -> directory.AgencyEntry:
    text = call.http.read(_BODY_LIMIT + 1)
    try:
        body = json.loads(text) if len(text) <= _BODY_LIMIT else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(Refusal.BAD_PARAMETER, "Thân yêu cầu phải là JSON mô tả cơ quan, không quá 64 KB.")
    values = {}
    for name in ("code", "name", "mail", "mobile", "fax", "pcode", "code102"):
        value = body.get(name) or ""
        if not isinstance(value, str):
            raise Refused(Refusal.BAD_PARAMETER, f"Trường «{name}» phải là chuỗi ký tự.")
        values[name] = value.strip()
    return directory.AgencyEntry(
        code=values["code"],
        name=values["name"],
        old_code=values["code102"],
        mail=values["mail"],
        mobile=values["mobile"],
        fax=values["fax"],
        parent_code=values["pcode"],
    )
