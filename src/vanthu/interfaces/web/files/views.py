"""Stored files: PDFs and pictures to be seen in the page, everything else to be saved."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from vanthu.documents.queries import FileRow
from vanthu.incoming import queries as incoming
from vanthu.interfaces.web.http import WebRequest
from vanthu.kernel import blobs
from vanthu.outgoing import queries as outgoing

#: Types a browser may show in our own address space; anything else, HTML above all, is only saved.
_SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif"})
_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_safe
def incoming_file(request: WebRequest, document_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A file of an incoming document."""
    return _serve(request, incoming.open_file(request.actor, document_id=document_id, file_id=file_id))


@require_safe
def outgoing_file(request: WebRequest, document_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A file of an outgoing document, any version of it."""
    return _serve(request, outgoing.open_file(request.actor, document_id=document_id, file_id=file_id))


def _serve(request: WebRequest, file: FileRow) -> HttpResponseBase:
    etag = f'"{file.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    response = FileResponse(
        blobs.open_blob(file.sha256),
        as_attachment=file.media_type not in _SHOWN or "tai" in request.GET,
        filename=file.name,
        content_type=file.media_type,
    )
    response["ETag"] = etag
    # Only this person's browser may keep it, and asks each time whether it still may be seen.
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = _POLICY
    return response
