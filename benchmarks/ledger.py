"""The books of the filled database: records, files, numbers and histories, kept row by row."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from benchmarks import subjects
from benchmarks.province import Office
from benchmarks.tables import Table
from vanthu.documents.models import Document, DocumentFile
from vanthu.documents.rules import DOCUMENT_TYPES, code_of, document_code, notation
from vanthu.documents.states import FileKind
from vanthu.exchange.models import Delivery
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel.folding import fold
from vanthu.kernel.models import AuditChain, AuditEntry, Blob
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.registers.models import RegisterEntry, RegisterYear
from vanthu.signing.models import Verification
from vanthu.workflow.models import ApprovalStep, Assignment

_TYPES = ("CV", "CV", "CV", "CV", "QĐ", "TB", "KH", "BC", "TTr", "GM")
_FACTS = json.dumps({"verdict": "valid", "code": "1204/BNV-VP", "arrival_number": 12, "round": 1})
_MODELS = (
    *(Blob, Document, DocumentFile, Verification, IncomingDocument, Assignment, OutgoingDocument, Recipient),
    *(Delivery, ApprovalStep, RegisterYear, RegisterEntry, AuditEntry, AuditChain),
)


class Ledger:
    """Collects the rows of documents in the order of time and copies them in, batch by batch."""

    def __init__(self, random: Random, *, now: datetime, first_key: int) -> None:
        """`first_key`: the first key of a register's year; another ledger counts from elsewhere."""
        self.random, self.now = random, now
        self._tables = {model: Table(model, with_id=model is RegisterYear) for model in _MODELS}
        self._links: Counter[UUID] = Counter()
        self._numbers: Counter[tuple[Any, int]] = Counter()
        self._years: dict[tuple[Any, int], int] = {}
        self._first_key = first_key

    def flush(self, cursor: psycopg.Cursor[Any]) -> None:
        """Copy what was made since the last time."""
        for table in self._tables.values():
            table.flush(cursor)

    def close_books(self, cursor: psycopg.Cursor[Any]) -> None:
        """Write the ends of audit chains and registers; after the last document."""
        for agency_id, last in self._links.items():
            self.add(AuditChain, agency_id=agency_id, last_sequence=last, last_hash=self.hash())
        for (register, year), last in self._numbers.items():
            key = self._years[register, year]
            self.add(RegisterYear, id=key, register_id=register, year=year, last_number=last)
        self.flush(cursor)

    def add(self, model: Any, **values: Any) -> None:
        """One row."""
        self._tables[model].add(values)

    def record(
        self,
        key: UUID,
        office: Office,
        *,
        issuer: tuple[str, str],
        number: int | None,
        sign: str,
        at: datetime,
        urgency: int,
    ) -> None:
        type_code = self.random.choice(_TYPES)
        agency, _, unit = sign.partition("-")
        written = notation(type_code=type_code, agency=agency, unit=unit)
        code = code_of(number, written) if number else written
        text = subjects.subject(self.random, at.year)
        day = at.date()
        self.add(
            Document,
            id=key,
            agency_id=office.agency.id,
            document_code=document_code(agency_code=issuer[0], issued_on=day, code=code) if number else "",
            issuer_code=issuer[0],
            issuer_name=issuer[1],
            number=code.partition("/")[0] if number else "",
            notation=written,
            issued_on=day if number else None,
            place="An Bình",
            type_code=type_code,
            type_name=DOCUMENT_TYPES[type_code],
            subject=text,
            signer_name=office.leader.full_name,
            signer_title="GIÁM ĐỐC",
            urgency=urgency,
            to_places=["Như trên", "Lưu: VT"],
            page_count=3,
            created_at=at,
            # As documents.operations.search_text makes it.
            search_text=fold(" ".join([code, text, issuer[1], DOCUMENT_TYPES[type_code]])),
        )

    def files(self, key: UUID, count: int, at: datetime) -> str:
        """A main file and attachments; returns the name of the main file's blob."""
        names = [self.hash() for _ in range(count)]
        for position, name in enumerate(names):
            self.add(Blob, sha256=name, size=self.random.randint(40_000, 4_000_000), kept_at=at)
            self.add(
                DocumentFile,
                id=self.uuid(),
                document_id=key,
                kind=FileKind.ATTACHMENT if position else FileKind.MAIN,
                position=position,
                name=f"Phụ lục {position}.pdf" if position else "Văn bản.pdf",
                media_type="application/pdf",
                blob_id=name,
                added_at=at,
            )
        return names[0]

    def number(self, register: Any, key: UUID, at: datetime) -> int:
        book = register.id, at.year
        if book not in self._years:
            self._years[book] = self._first_key + len(self._years)
        self._numbers[book] += 1
        self.add(
            RegisterEntry,
            register_year_id=self._years[book],
            number=self._numbers[book],
            document_id=key,
            taken_at=at,
        )
        return self._numbers[book]

    def history(
        self, office: Office, key: UUID, subject: str, actions: tuple[str, ...], at: datetime
    ) -> None:
        agency = office.agency.id
        for action in actions:
            self._links[agency] += 1
            self.add(
                AuditEntry,
                agency_id=agency,
                sequence=self._links[agency],
                action=action,
                at=at,
                user_id=office.clerk.id,
                actor_label=office.clerk.full_name,
                subject_type=subject,
                subject_id=key,
                data=_FACTS,
                previous_hash=self.hash(),
                hash=self.hash(),
            )

    def uuid(self) -> UUID:
        """A new key, the same in every run."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def hash(self) -> str:
        """Something as long as a SHA-256."""
        return f"{self.random.getrandbits(256):064x}"
