"""Which files PostgreSQL's server was started from: another look tells whether they were exchanged."""

from __future__ import annotations

from pathlib import Path

#: Name, inode, time of change (nanoseconds) and size (bytes) of each file.
Files = frozenset[tuple[str, int, int, int]]


def program_files(binary: str) -> Files | None:
    """The server's program and every library beside it; None while one that every act needs is not there."""
    program = Path(binary)
    libraries = program.parents[1] / "lib"
    try:
        found = [program, *libraries.glob("*.so")]
        if libraries / "plpgsql.so" not in found:
            return None
        looks = ((path.name, path.stat()) for path in found)
        return frozenset((name, look.st_ino, look.st_mtime_ns, look.st_size) for name, look in looks)
    except OSError:
        return None
