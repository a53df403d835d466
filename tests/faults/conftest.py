"""Servers that a test may kill: a pair of its own, migrated, with the console on it."""

import tempfile
from pathlib import Path

import pytest
from django.db import connections

from heart import embedded
from tests import databases
from tests.conftest import point_at
from tests.stack import a_stack


class Ground:
    """The embedded pair in a folder of its own, and the console's processes."""

    def __init__(self, folder):
        self.folder = folder
        self.addresses = embedded.start(folder)
        self.place = databases.place(self.addresses, "heart", 1)
        databases.migrate(self.place)
        self.stack = a_stack(self.place)

    def pid(self, name):
        return embedded.status(self.folder)[name]

    def start(self, *names):
        embedded.start(self.folder, names)

    def stop(self, *names):
        embedded.stop(self.folder, names)

    def empty_valkey(self):
        embedded.empty_valkey(self.folder)


@pytest.fixture
def ground(django_db_setup, django_db_blocker):
    with tempfile.TemporaryDirectory(prefix="heart-f") as name:
        made = Ground(Path(name))
        with django_db_blocker.unblock():
            connections.close_all()
            point_at(made.place)
            yield made
            made.stack.stop()
            connections.close_all()
            point_at(django_db_setup)
        embedded.stop(made.folder)
