"""An alarm to look into: who is there, how long ago it was, one round of the clock."""

from datetime import timedelta

from django.db.models.functions import Now

from dispatch.management.commands import clock
from dispatch.models import Alarm, Call
from tests import makers


def there(agency, role, name=None):
    """Somebody of the floor whose page is open."""
    user = makers.a_user(agency, role, name)
    makers.here(user)
    return user


def ago(seconds):
    return Now() - timedelta(seconds=seconds)


def swept(agency):
    """What the clock does about alarms in one round."""
    clock._alarms(agency.pk)
    return list(Alarm.objects.filter(agency=agency).order_by("pk"))


def since(call, seconds):
    """So long ago this call was opened, and lost or found its owner."""
    long_ago = ago(seconds)
    Call.objects.filter(pk=call.pk).update(opened_at=long_ago)
    Call.objects.filter(pk=call.pk, owner__isnull=False).update(owner_since=long_ago)


def ownerless(agency, seconds=31):
    call = makers.a_call(agency)
    since(call, seconds)
    return call
