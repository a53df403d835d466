"""The project: wiring only."""

from heart.celery import app as celery_app

__all__ = ["celery_app"]
