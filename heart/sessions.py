"""Sessions in PostgreSQL, read by a statement that is built once."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from dispatch import quick


class SessionStore(DatabaseSessions):
    """Django's own store; every request loads its session, so that is done quickly."""

    def load(self) -> dict[str, object]:
        row = quick.find(Session, session_key=self.session_key)
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return {}
        return self.decode(row.session_data)
