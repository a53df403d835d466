"""Upgrades of a database in use: what was cut off goes on, and nothing waits for it."""

import subprocess
import sys
from contextlib import closing

import psycopg2
from django.db import connections

from dispatch.actions import scene
from dispatch.events import CLOCK
from tests import makers
from tests.databases import ROOT


def migrated(place, *words):
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", *words, "--database", "owner"],
        cwd=ROOT,
        env=place.environment(owner=True),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_index_that_was_cut_off_is_made_anew(own_database):
    migrated(own_database, "dispatch", "0012")
    with closing(psycopg2.connect(own_database.owner_url)) as line:
        line.autocommit = True
        asks = line.cursor()
        # What is left of it has its name and finds nothing.
        asks.execute("CREATE INDEX caller_by_building ON dispatch_caller (id)")

        migrated(own_database)

        asks.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'caller_by_building'"
        )
        ((made,),) = asks.fetchall()
    assert "(building_lookup) WHERE" in made


def test_a_team_that_waits_for_its_relief_still_does_after_an_upgrade(own_database):
    centre = makers.an_agency()
    makers.a_unit(centre)
    work = makers.on_scene(makers.decided(makers.a_call(centre, type="trespass")))
    second = makers.a_unit(centre)
    ring = scene.replace(seat_id=work.seat_id, unit_id=second.pk, by=CLOCK)
    connections.close_all()

    migrated(own_database, "dispatch", "0013")
    migrated(own_database)

    assert makers.fresh(ring).seat.relieves == work.seat_id
