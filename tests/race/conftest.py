"""Real races: several threads, a connection each, transactions that really commit."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from tests import makers


@pytest.fixture
def centre(own_database):
    return makers.an_agency()


@pytest.fixture
def at_once(own_database):
    """Call all at the same moment. What one raises is raised, unless it is expected."""

    def run(*functions, losing=()):
        gate = Barrier(len(functions))

        def one(function):
            gate.wait(timeout=20)
            try:
                return function()
            except losing as lost:
                return lost
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(functions)) as pool:
            return list(pool.map(one, functions))

    return run
