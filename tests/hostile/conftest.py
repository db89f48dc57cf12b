"""What the axis's own tests stand on."""

from __future__ import annotations

from tests.axis.conftest import axis as axis
from tests.axis.conftest import protocol as protocol
