"""The pages and the API under WSGI, as production serves them."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heart.settings")

application = get_wsgi_application()
