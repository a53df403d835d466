"""Sign in, sign out, the first page of each role, and whether the console is well."""

import contextlib

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dispatch import access, errors
from dispatch.actions import staff
from dispatch.models import User
from dispatch.selectors import leader
from dispatch.web.frame import home_of


class SignInForm(AuthenticationForm):
    """Who belongs to no centre has no page here, so the door stays shut."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if access.role_of(user) is None:
            raise ValidationError(_("This account belongs to no centre."))


class SignIn(LoginView):
    authentication_form = SignInForm

    def get_default_redirect_url(self) -> str:
        return home_of(self.request.user)


class SignOut(LogoutView):
    """Away on the board, and every live line closed, before the session ends."""

    def post(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        if access.role_of(request.user) is not None:
            leave(request.user)
        return super().post(request, *args, **kwargs)


def leave(user: User) -> None:
    by = access.actor(user)
    if access.may(user, "presence.set"):
        # Who still has a caller stays engaged on the board, where others see it.
        with contextlib.suppress(errors.Invalid):
            staff.set_presence(user_id=user.pk, to="offline", by=by)
    staff.end_access(user_id=user.pk, why="signed_out", by=by)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    return redirect(home_of(request.user))


def health(request: HttpRequest) -> JsonResponse:
    """200 while calls can be taken; without Redis it is slower, without a clock late."""
    database = _database_answers()
    checks = {
        "database": database,
        "redis": _redis_answers(),
        "clock": database and _clock_goes_round(),
    }
    status = "well" if all(checks.values()) else "degraded"
    if not database:
        status = "down"
    code = 200 if database else 503
    return JsonResponse({"status": status, **checks}, status=code)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _clock_goes_round() -> bool:
    try:
        return not leader.fault()
    except (DatabaseError, InterfaceError):
        return False


def _redis_answers() -> bool:
    if not settings.REDIS_URL:
        return False
    line = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.2, socket_connect_timeout=0.2, retry=None
    )
    try:
        return bool(line.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        line.close()
