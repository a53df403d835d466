"""The pages and the API under WSGI, as production serves them."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heart.settings")

application = get_wsgi_application()
# Every page and verb is loaded before the first call comes, and not by it.
import_module(settings.ROOT_URLCONF)
