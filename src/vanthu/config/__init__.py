"""Where the parts are put together: settings, addresses, and what follows each event."""

from __future__ import annotations
