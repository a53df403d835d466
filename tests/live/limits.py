"""The console as it is, with limits of its lines that a test need not wait for."""

import json
import os

import heart.asgi
from dispatch import consumers
from dispatch.selectors import board

application = heart.asgi.application

for name, value in json.loads(os.environ["LINE_LIMITS"]).items():
    (limited,) = [one for one in (consumers, board) if hasattr(one, name)]
    setattr(limited, name, value)
