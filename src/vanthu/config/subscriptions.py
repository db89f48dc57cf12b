"""What happens after each event. The only such list in the system."""

from __future__ import annotations

from vanthu.kernel.outbox import Subscriptions

SUBSCRIPTIONS: Subscriptions = {}
