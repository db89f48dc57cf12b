"""Strangers' bytes are read in a bounded place: a process of its own for every file, with hardly a right.

The parent (a web server, a worker, a command) never parses what came from outside. It passes an open file
and a question to a warm child through `pool.Room`; the child, forked from a clean interpreter that holds no
secret, answers in plain data or is ended. See docs/adr/0021.

`files`, `papers` and `signatures` are what the rest of the system asks; `jobs` is what the child does;
`programs` runs LibreOffice under the same roof.
"""

from __future__ import annotations
