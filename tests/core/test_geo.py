"""Distances and zones on the earth."""

import pytest

from routing.core import geo
from routing.core.facts import Point


def at(lat, lon):
    return Point(lat=lat, lon=lon)


def square(low, high):
    return [at(low, low), at(low, high), at(high, high), at(high, low)]


def test_durham_to_raleigh_is_about_thirty_four_kilometres():
    distance = geo.distance_km(at(35.9940, -78.8986), at(35.7796, -78.6382))
    assert distance == pytest.approx(33.5, abs=0.5)


def test_the_other_side_of_the_earth_does_not_break_it():
    assert geo.distance_km(at(0, 0), at(0, 180)) == pytest.approx(20015, abs=1)
    assert geo.distance_km(at(36, -78), at(36, -78)) == 0


def test_a_border_surrounds_what_is_in_it():
    assert geo.in_ring(at(1, 1), square(0, 2))
    assert not geo.in_ring(at(3, 1), square(0, 2))
    assert not geo.in_ring(at(1, 3), square(0, 2))


def test_a_closed_border_is_the_same_border():
    closed = [*square(0, 2), at(0, 0)]
    assert geo.in_ring(at(1, 1), closed)
    assert not geo.in_ring(at(-1, 1), closed)


def test_a_hole_is_outside():
    ring = [square(0, 4), square(1, 3)]
    assert geo.in_polygon(at(0.5, 0.5), ring)
    assert not geo.in_polygon(at(2, 2), ring)
    assert not geo.in_polygon(at(2, 2), [])


def test_neighbours_share_no_point():
    west, east = square(0, 2), [at(0, 2), at(0, 4), at(2, 4), at(2, 2)]
    assert geo.in_ring(at(1, 2), west) != geo.in_ring(at(1, 2), east)


def test_the_zone_of_a_place():
    zones = {"1": [[square(0, 2)]], "2": [[square(5, 6)], [square(8, 9)]]}
    assert geo.zone_of(at(8.5, 8.5), zones) == "2"
    assert geo.zone_of(at(1, 1), zones) == "1"
    assert geo.zone_of(at(7, 7), zones) is None
