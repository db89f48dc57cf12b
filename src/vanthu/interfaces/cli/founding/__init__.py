"""Opening an agency: what is to be there, how it is read from a file, and how what is missing is added."""

from __future__ import annotations
