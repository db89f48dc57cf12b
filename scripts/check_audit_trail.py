"""Check the audit trail of a Văn Thư database with no line of Văn Thư: python check_audit_trail.py DSN."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC

import psycopg

FACTS = """agency_id sequence form action at user_id post_id actor_label for_user_id for_post_id for_label
subject_type subject_id data previous_hash"""
names = FACTS.split()
heads = {}
broken = 0
with psycopg.connect(sys.argv[1]) as connection:
    rows = connection.cursor("entries")  # on the server: the trail may be longer than memory
    rows.execute(f"SELECT {', '.join(names)}, hash FROM kernel_auditentry ORDER BY agency_id, sequence")  # noqa: S608 - the names above
    for *values, stored in rows:
        facts = dict(zip(names, values, strict=True))
        facts["at"] = facts["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        facts |= {name: str(facts[name]) for name in names if name.endswith("_id") and facts[name]}
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        sequence, previous = heads.get(facts["agency_id"], (0, "0" * 64))
        whole = hashlib.sha256(text.encode()).hexdigest() == stored
        if not whole or (facts["sequence"], facts["previous_hash"]) != (sequence + 1, previous):
            broken += 1
            print(f"BROKEN {facts['agency_id']} at {facts['sequence']}")
        heads[facts["agency_id"]] = (facts["sequence"], stored)
    for agency, *end in connection.execute(
        "SELECT agency_id, last_sequence, last_hash FROM kernel_auditchain"
    ):
        if heads.pop(str(agency), (0, "0" * 64)) != tuple(end):
            broken += 1
            print(f"BROKEN {agency} at its end")
        print(agency, *end)
for agency in heads:
    broken += 1
    print(f"BROKEN {agency}: its end is lost")
sys.exit(1 if broken else 0)
