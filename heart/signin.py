"""Who a session belongs to, read by a statement that is built once."""

from uuid import UUID

from django.contrib.auth.backends import ModelBackend

from dispatch import quick
from dispatch.models import User


class Accounts(ModelBackend):
    """Django's own back end; every request asks it for its user."""

    def get_user(self, user_id: UUID) -> User | None:
        user = quick.find(User, id=user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        return user
