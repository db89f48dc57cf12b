"""Our own fuzzer of addresses and parameters: hostile values at every door of both programs.

In the suite it walks every address once and then a fixed random way for some seconds. As a command, for as
long as one likes, from another seed:

    VANTHU_HOSTILE_SECONDS=3600 VANTHU_HOSTILE_SEED=7 .venv/bin/python -m pytest tests/hostile -s
"""

from __future__ import annotations
