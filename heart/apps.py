"""App config; brings the system checks with it."""

from django.apps import AppConfig

from heart import checks, placed, telephone


class HeartConfig(AppConfig):
    name = "heart"
    verbose_name = "HEART console"

    def ready(self) -> None:
        checks.register_all()
        telephone.register_check()
        placed.register_check()
