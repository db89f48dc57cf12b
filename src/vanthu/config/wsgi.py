"""The WSGI application; DJANGO_SETTINGS_MODULE says which program."""

from __future__ import annotations

import gc
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from vanthu.interfaces.front import readable_first
from vanthu.kernel import workrooms

# Nobody waits in front of a page longer than this; long work is a command's or a job's, which have no limit.
databases: Any = settings.DATABASES
databases["default"]["OPTIONS"]["options"] += " -c statement_timeout=60s"

application = readable_first(get_wsgi_application())

# A process that took the place of a killed one removes what that one had in hand.
workrooms.sweep_dead_rooms()

# What is loaded by now stays for good; searching it for garbage again and again would delay requests.
gc.collect()
gc.freeze()
# A page makes and drops some ten thousand objects, hardly any in circles: look for those less often.
gc.set_threshold(20_000, 20, 20)
