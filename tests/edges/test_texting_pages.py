"""Whoever texts 911 is recorded so by hand; our own first text still asks first."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from dispatch.actions import contact
from dispatch.models import Call, Contact
from tests import makers
from tests.edges import pages
from tests.edges.pages import words

pytestmark = pytest.mark.django_db


def opened(desk, **known):
    return desk.post(reverse("intake"), pages.typed(**known))


def offered(answer, name):
    """The codes of a choice, and the one that is chosen, else the first."""
    form = answer.content.decode()
    inside = re.search(
        rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', form, re.DOTALL
    )
    options = re.findall(r'value="(\w*)"( selected)?', inside[1])
    codes = [code for code, _chosen in options]
    return codes, next((code for code, chosen in options if chosen), codes[0])


def test_a_new_call_is_by_voice_unless_somebody_says_otherwise(desk):
    shown = desk.get(reverse("intake"))
    assert offered(shown, "channel") == (["voice", "text", "tty", "rtt"], "voice")

    opened(desk, do="save")

    assert Contact.objects.get().channel == "voice"


def test_somebody_who_texts_911_is_recorded_as_texting(desk):
    opened(desk, do="save", channel="text")

    leg = Contact.objects.get()
    # Whoever writes falls silent without a sound.
    assert (leg.channel, leg.due) == ("text", "text_quiet")


def test_a_further_caller_who_texts_is_recorded_so_too(desk, centre):
    call = makers.a_call(centre, desk.user)

    opened(desk, do="save", channel="text", phone="919-555-0177", same=str(call.pk))

    leg = Contact.objects.filter(call=call).latest("pk")
    assert (leg.channel, leg.due) == ("text", "text_quiet")


@pytest.mark.parametrize("do", ["look", "save"])
def test_the_way_they_came_in_stays_as_it_was_chosen(desk, do):
    refused = {"urgent": "yes", "safe_contact": "shout"} if do == "save" else {}

    shown = opened(desk, do=do, channel="text", **refused)

    assert offered(shown, "channel")[1] == "text"
    assert not Call.objects.exists()


def test_a_way_of_no_list_is_refused(desk):
    shown = opened(desk, do="save", channel="pigeon")

    assert shown.status_code == 422
    assert not Call.objects.exists()


def test_on_the_page_of_a_call_their_text_is_told_from_ours(desk, centre):
    call = makers.a_call(centre, desk.user)
    leg = Contact.objects.get(call=call)
    url = reverse("line_step", args=[call.pk, leg.pk])

    ours = desk.post(url, {"do": "channel", "channel": "text", "key": str(uuid4())})
    assert "nobody has asked them whether that is safe" in words(ours)
    assert makers.fresh(leg).channel == "voice"

    desk.post(url, {"do": "channel", "channel": "they_text", "key": str(uuid4())})
    assert makers.fresh(leg).channel == "text"
    contact.lost(contact_id=leg.pk, by=makers.by(desk.user))
    # Who wrote first is no yes to ours: a lost one is not texted for it.
    again = {"do": "tried", "result": "reached", "channel": "text"}
    refused = desk.post(url, {**again, "key": str(uuid4())})
    assert refused.status_code == 422


def test_a_program_says_that_they_text_us(dispatcher, centre):
    leg = Contact.objects.get(call=makers.a_call(centre))

    dispatcher.post(f"contacts/{leg.pk}/channel/", {"channel": "text", "theirs": True})

    assert makers.fresh(leg).channel == "text"
