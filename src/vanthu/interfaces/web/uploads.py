"""Files of forms on their way in: onto our own disk, only from people signed in, and never without end."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from vanthu.kernel import blobs


class UploadHandler(FileUploadHandler):
    """Django's way of taking a file, before any view is asked.

    A stranger's files are read past and kept nowhere. Of a file larger than `UPLOAD_LIMIT` so much is kept
    as shows that it is larger, so that the form can refuse it with its own sentence and lose no other word.
    """

    #: Django closes it under this name when an upload breaks off.
    file: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file. Raises SkipFile when nobody is signed in."""
        super().new_file(*args, **kwargs)
        # Set by ActorMiddleware, entered before any form is read: CSRF reads it just before the view.
        if getattr(self.request, "actor", None) is None:
            raise SkipFile
        # It has no name: not even a process that is killed leaves any of it.
        self.file = tempfile.TemporaryFile(dir=blobs.workroom())  # noqa: SIM115 - the request closes it
        self._kept = 0
        self._trouble: OSError | None = None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep these bytes, which come after `start` others, unless the limit is passed already.

        When the disk takes no more, the rest is read past: a browser that is not heard out hears no answer.
        """
        if start > settings.UPLOAD_LIMIT or self._trouble is not None:
            return
        try:
            self.file.write(raw_data)
        except OSError as error:
            self._trouble = error
            self._give_up()
        self._kept += len(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """The file for the form, with the size kept. Raises OSError when the disk took not all of it."""
        if self._trouble is not None:
            raise self._trouble
        # Also writes what still waits in memory.
        self.file.seek(0)
        return UploadedFile(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=self._kept,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """The browser went away: nothing stays."""
        if hasattr(self, "file"):
            self._give_up()

    def _give_up(self) -> None:
        """Close and remove the file; what still waits in memory may not fit on the disk either."""
        with suppress(OSError):
            self.file.close()
