"""The rules that are remembered between presses: only such as stand in the database."""

import pytest
from django.db import transaction

from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(settings):
    settings.RULES_REMEMBERED = 60
    return makers.an_agency()


@pytest.fixture
def committed(centre, django_capture_on_commit_callbacks):
    """A centre whose rules were published for good, and asked for."""
    with django_capture_on_commit_callbacks(execute=True):
        publish(centre)
    store.published(centre.pk)
    return centre


def publish(centre):
    return store.publish(centre.pk, makers.open_all_day())


def number(centre):
    return store.published(centre.pk)[0].number


def test_rules_are_asked_for_once(committed, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert number(committed) == 2


def test_rules_whose_publishing_failed_are_not_kept(committed):
    with transaction.atomic():
        publish(committed)
        assert number(committed) == 3
        transaction.set_rollback(True)

    assert number(committed) == 2


def test_new_rules_hold_at_once_where_they_were_published(
    committed, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        publish(committed)
        store.published(committed.pk)

    assert number(committed) == 3
