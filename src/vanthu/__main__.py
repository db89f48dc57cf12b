"""`python -m vanthu` is the `vanthu` console script."""

from __future__ import annotations

from vanthu.interfaces.cli.system import main

raise SystemExit(main())
