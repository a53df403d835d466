"""Who a session belongs to: mostly read with it already."""

from uuid import UUID

from django.contrib.auth.backends import ModelBackend

from dispatch import quick
from dispatch.models import User
from heart.sessions import take_user


class Accounts(ModelBackend):
    """Django's own back end; every request asks it for its user."""

    def get_user(self, user_id: UUID) -> User | None:
        user = take_user(user_id) or quick.find(User, id=user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        return user
