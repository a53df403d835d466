"""Sessions in PostgreSQL: one read finds the session and its user."""

from contextvars import ContextVar
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import Error, connection

from dispatch import quick
from dispatch.models import Session, User

ALIVE = "expire_date > clock_timestamp()"
# The user of the session that was read last, until somebody takes it.
_seen: ContextVar[User | None] = ContextVar("seen", default=None)


class SessionStore(DatabaseSessions):
    """Django's own store; every request loads its session, so that is done quickly."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, object]) -> Session:
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row

    def load(self) -> dict[str, object]:
        """The first read of a request, so it does for the connection's health check."""
        if not (self.session_key or "").isalnum():
            return self._nobody()  # none of ours, and a NUL is not to be asked for
        connection.health_check_done = True
        try:
            return self._load()
        except Error:
            if connection.in_atomic_block or connection.is_usable():
                raise
        connection.close()  # a server that was started again has forgotten us
        return self._load()

    def _load(self) -> dict[str, object]:
        key = self.session_key
        found = quick.found_with(Session, key, "user", where=ALIVE)
        user, row = found or (None, _anonymous(key))
        if row is None:
            return self._nobody()
        _seen.set(user)
        return self.decode(row.session_data)

    def _nobody(self) -> dict[str, object]:
        self._session_key = None
        _seen.set(None)
        return {}


def _anonymous(key: str) -> Session | None:
    found = quick.found_with(Session, key, where=f"user_id IS NULL AND {ALIVE}")
    return found[0] if found else None


def take_user(pk: UUID) -> User | None:
    """The user who was read with the session, once; None if it is somebody else."""
    user = _seen.get()
    _seen.set(None)
    return user if user is not None and user.pk == pk else None
