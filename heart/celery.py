"""The worker's entry: it routes what it is nudged about, and owns no deadline."""

import os

from celery import Celery, signals
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heart.settings")

app = Celery("heart")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["dispatch"])

# Measured: Celery's own way, a new connection for each task, cost more than the task.
# A connection ends when it is too old (CONN_MAX_AGE) or failed, as it does on the web.
app.conf.CELERY_DB_REUSE_MAX = 10**9


@signals.task_postrun.connect
def end_old_connections(**_: object) -> None:
    """After each task, as Django does after each request."""
    close_old_connections()
