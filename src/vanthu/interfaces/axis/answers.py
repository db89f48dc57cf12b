"""How the axis answers: JSON with `status`, `ErrorCode` and `ErrorDesc` in every answer.

The stock client reads the reason of a refusal only from an answer with HTTP status 200, so refusals have
it too; only what may be tried again unchanged (the axis's own faults) has a 5xx.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.core.files.base import File
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone

from vanthu.axis.rules import Refusal
from vanthu.kernel import blobs
from vanthu.kernel.trouble import trouble_of

_OK = {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Thành công."}
#: A multiple of three, so that pieces of base64 join without padding between them.
_PIECE = 3 * 256 * 1024
_ROWS = 500


def ok(**fields: object) -> HttpResponse:
    """Success, with the call's own fields."""
    return _json({**_OK, **fields}, status=200)


def fail(refusal: Refusal, message: str | None = None, *, status: int = 200) -> HttpResponse:
    """A refusal with its code of the one table and a Vietnamese sentence."""
    answer: dict[str, object] = {
        "status": "FAIL",
        "ErrorCode": refusal.code,
        "ErrorDesc": message or refusal.sentence,
    }
    return _json(answer, status=status)


def fault(error: BaseException | None) -> HttpResponse:
    """A fault of the axis's own, to be tried again unchanged: 503 when database or disk stop it, else 500."""
    trouble = trouble_of(error) if error is not None else None
    if trouble is None:
        return fail(Refusal.AXIS_FAULT, status=500)
    answer = fail(Refusal.AXIS_FAULT, f"{trouble} Hãy gửi lại sau ít phút.", status=503)
    answer["Retry-After"] = str(trouble.retry_after)
    return answer


def _json(fields: dict[str, object], *, status: int) -> HttpResponse:
    # A refusal may quote what its caller wrote, and JSON can write what is no character.
    content = json.dumps(fields, ensure_ascii=False).encode(errors="replace")
    answer = HttpResponse(content, content_type="application/json", status=status)
    # Old clients read an answer of known length more surely than a chunked one.
    answer["Content-Length"] = str(len(answer.content))
    return answer


def ok_rows(rows: Iterable[dict[str, object]]) -> StreamingHttpResponse:
    """Success with `data`, a list that may be far longer than memory should hold."""
    return StreamingHttpResponse(_rows(rows), content_type="application/json")


def ok_base64(sha256: str, size: int) -> StreamingHttpResponse:
    """Success with `data`, the stored packet in base64, composed piece by piece."""
    head = json.dumps(_OK, ensure_ascii=False)[:-1].encode() + b', "data": "'
    tail = b'"}'
    encoded = map(base64.b64encode, whole_pieces(sha256))
    answer = StreamingHttpResponse(_chain(head, encoded, tail), content_type="application/json")
    answer["Content-Length"] = str(len(head) + (size + 2) // 3 * 4 + len(tail))
    return answer


def raw(sha256: str, size: int) -> StreamingHttpResponse:
    """The stored packet itself."""
    answer = StreamingHttpResponse(whole_pieces(sha256), content_type="application/octet-stream")
    answer["Content-Length"] = str(size)
    return answer


def whole_pieces(sha256: str) -> Iterator[bytes]:
    """The stored bytes, the last piece only after all of them proved to be those the name says.

    Raises BlobDamaged at once when the bytes are gone, and before the last piece when they have changed: a
    receiver must never get a damaged packet complete.
    """
    return _checked(blobs.open_blob(sha256), sha256)


def _checked(content: File[bytes], sha256: str) -> Iterator[bytes]:
    digest, held = hashlib.sha256(), b""
    with content:
        while piece := content.read(_PIECE):
            if held:
                yield held
            digest.update(piece)
            held = piece
    if digest.hexdigest() != sha256:
        raise blobs.BlobDamaged
    yield held


def moment(at: datetime) -> str:
    """A time on the wire: Vietnam time, `yyyy/MM/dd HH:mm:ss`."""
    return timezone.localtime(at).strftime("%Y/%m/%d %H:%M:%S")


def _rows(rows: Iterable[dict[str, object]]) -> Iterator[bytes]:
    yield json.dumps(_OK, ensure_ascii=False)[:-1].encode() + b', "data": ['
    batch: list[str] = []
    separator = ""
    for row in rows:
        batch.append(json.dumps(row, ensure_ascii=False))
        if len(batch) == _ROWS:
            yield (separator + ",".join(batch)).encode()
            batch, separator = [], ","
    if batch:
        yield (separator + ",".join(batch)).encode()
    yield b"]}"


def _chain(head: bytes, pieces: Iterable[bytes], tail: bytes) -> Iterator[bytes]:
    yield head
    yield from pieces
    yield tail
