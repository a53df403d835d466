"""The telephone service in a test: its words are handed over, and its worker works."""

from django.test import Client

from dispatch import tasks
from tests import makers


def tell(service, client=None):
    """Hand over what the service has called back with, in its order; the statuses."""
    client = client or Client()
    answers = []
    for path, body, signature in service.said:
        answer = client.post(
            path,
            body,
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signature},
        )
        answers.append(answer.status_code)
    service.said.clear()
    return answers


def work(leg):
    tasks.phone(str(leg.pk))
    return makers.fresh(leg)
