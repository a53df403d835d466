"""The console as it is, with limits of its lines that a test need not wait for."""

import json
import os

import heart.asgi
from dispatch import consumers

application = heart.asgi.application

for name, value in json.loads(os.environ["LINE_LIMITS"]).items():
    assert hasattr(consumers, name)
    setattr(consumers, name, value)
