"""What every domain stands on: actor, errors, audit, outbox, blobs, embedded database. Knows no document."""

from __future__ import annotations
