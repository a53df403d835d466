"""App config; brings the system checks with it."""

from django.apps import AppConfig

from heart import checks


class HeartConfig(AppConfig):
    name = "heart"
    verbose_name = "HEART console"

    def ready(self) -> None:
        checks.register_all()
