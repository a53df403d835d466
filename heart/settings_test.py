"""Settings plus the overrides that tests need."""

import os
from pathlib import Path

# Tests have secrets of their own, apart from a running console's.
os.environ.setdefault(
    "HEART_DATA", str(Path(__file__).resolve().parent.parent / ".data" / "test")
)
# A machine that stalls is no database that is away.
os.environ.setdefault("CONNECT_TIMEOUT", "30")
os.environ.setdefault("STATEMENT_TIMEOUT", "120")

from heart.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
WHITENOISE_AUTOREFRESH = True
RULES_REMEMBERED = 0
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
