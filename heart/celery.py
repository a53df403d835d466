"""The worker's entry: routing, imports and notices. It owns no deadline."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heart.settings")

app = Celery("heart")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["dispatch"])
