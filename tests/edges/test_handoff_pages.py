"""A partner without this console: a link, in any browser, that ends."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from dispatch.actions import disposition, handoff, handover
from dispatch.errors import NotFound
from dispatch.models import Event, HandOff, Transfer
from dispatch.selectors import handoff as pages
from dispatch.selectors import transfer as transfers
from tests import makers
from tests.actions import partners
from tests.edges.centres import signed_in
from tests.edges.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def call(centre, dispatcher):
    partners.a_partner(centre)
    return partners.a_counselling_call(centre, dispatcher)


@pytest.fixture
def ringing(call, dispatcher):
    partner = call.agency.partners.get()
    return partners.walked(call, partner, dispatcher, "offered")


def page(secret=partners.SECRET):
    return reverse("handoff", args=[secret])


def press(step, **said):
    url = reverse(f"handoff_{step}", args=[partners.SECRET])
    return Client(enforce_csrf_checks=True).post(url, said)


def test_the_page_shows_what_was_shared_and_nothing_else(ringing):
    text = Client().get(page()).content.decode()

    assert "1012 W Main St" in text
    assert "919-555-0142" in text
    assert "What was said" not in text
    assert "<script" not in text


def test_the_page_is_kept_nowhere_and_leads_nowhere(ringing):
    answer = Client().get(page())

    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_looking_answers_nothing_and_is_recorded_once(call, ringing):
    Client().head(page())
    before = makers.kinds(call).count("HandOffOpened")
    Client().get(page())
    Client().get(page())

    assert (before, makers.kinds(call).count("HandOffOpened")) == (0, 1)
    assert makers.fresh(ringing).state == "offered"
    assert HandOff.objects.get().answer == ""


@pytest.mark.parametrize("step", ["acknowledge", "decline", "have", "outcome"])
def test_a_link_that_is_only_fetched_presses_nothing(ringing, step):
    url = reverse(f"handoff_{step}", args=[partners.SECRET])

    assert Client().get(url).status_code == 405
    assert makers.fresh(ringing).state == "offered"


def test_the_partner_acknowledges_has_the_caller_and_says_how_it_went(
    call, ringing, dispatcher
):
    assert press("acknowledge", name="Ana").status_code == 302
    handover.conference(transfer_id=ringing.pk, by=makers.by(dispatcher))
    assert "We have the caller" in Client().get(page()).content.decode()
    assert press("have", name="Ana").status_code == 302
    assert press("outcome", code="helped", note="calm\0 now").status_code == 302

    found = HandOff.objects.get()
    assert makers.fresh(ringing).state == "released"
    assert (found.answered_by, found.outcome_note) == ("Ana", "calm now")


def test_nobody_has_the_caller_before_all_are_on_the_line(ringing):
    assert press("have", name="Ana").status_code == 409
    assert makers.fresh(ringing).state == "offered"


def test_who_answers_says_who_they_are(ringing):
    assert press("acknowledge", name="  ").status_code == 422
    assert makers.fresh(ringing).state == "offered"


def test_a_decline_on_the_page_leads_on_and_shows_nothing_more(call, ringing):
    answer = press("decline", name="Ana", reason="no_capacity")

    assert answer.status_code == 200
    assert makers.fresh(ringing).state == "fallback"
    assert "You declined" in answer.content.decode()
    assert "1012 W Main St" not in answer.content.decode()


def test_a_link_that_was_declined_answers_nothing_for_the_partner_asked_next(
    call, ringing, dispatcher
):
    unknown = Client().get(page("x" * 43))
    partners.a_partner(call.agency, "orange", name="Orange")
    press("decline", name="Ana", reason="no_capacity")
    handover.dial(transfer_id=ringing.pk, by=makers.by(dispatcher))

    pressed = [press(step, name="Ana") for step in ("acknowledge", "have", "decline")]

    assert {one.content for one in pressed} == {unknown.content}
    assert Client().get(page()).content == unknown.content
    assert makers.fresh(ringing).state == "offered"
    assert HandOff.objects.get().answer == "declined"


@pytest.mark.parametrize("of", ["another partner", "an earlier link"])
def test_a_press_that_crosses_the_next_link_is_not_the_next_partners(
    call, ringing, dispatcher, of
):
    seen = pages.page(partners.SECRET)
    partners.a_partner(call.agency, "orange", name="Orange")
    if of == "another partner":
        press("decline", name="Ana", reason="no_capacity")
    partners.page_of(ringing, dispatcher, "the-next-secret")

    with pytest.raises(NotFound):
        handoff.acknowledge(
            hand_off_id=seen.id, seen=seen.hash, name="Ana", by=makers.CLOCK
        )

    assert HandOff.objects.get().answer == ""


def ended():
    HandOff.objects.update(expires_at=Now() - timedelta(seconds=1))


def revoked():
    one = Transfer.objects.get()
    handoff.revoke(transfer_id=one.pk, by=makers.CLOCK)


@pytest.mark.parametrize("how", [ended, revoked])
def test_an_ended_link_looks_like_one_that_never_was(ringing, how):
    unknown = Client().get(page("x" * 43))
    how()

    here = Client().get(page())

    assert (here.status_code, unknown.status_code) == (404, 404)
    assert here.content == unknown.content
    assert press("acknowledge", name="Ana").content == unknown.content
    assert "911" in here.content.decode()


def test_no_log_line_holds_a_link(ringing, caplog):
    press("have", name="Ana")
    Client().get(page("y" * 43))

    assert partners.SECRET not in caplog.text
    assert "y" * 43 not in caplog.text


def test_the_dispatcher_hands_a_caller_over_on_the_page_of_the_call(
    centre, call, dispatcher
):
    browser, partner = signed_in(dispatcher), centre.partners.get()

    begun = browser.post(
        reverse("transfer_begin", args=[call.pk]),
        {
            "target": f"{partner.pk}:usual",
            "agreed": "yes",
            "fields": ["place", "name"],
            "key": "k1",
            "seen": makers.fresh(call).version,
        },
    )
    secret = re.search(r"/handoff/([\w-]{43})/", begun.content.decode())[1]
    one = Transfer.objects.get()
    for step in ("dial", "answered", "conference", "confirm"):
        shown = browser.get(reverse("call", args=[call.pk])).content.decode()
        url = reverse(f"transfer_{step}", args=[call.pk, one.pk])
        assert url in shown
        assert browser.post(url, {"key": step}).status_code == 302

    assert begun["Cache-Control"] == "no-store"
    assert Client().get(page(secret)).status_code == 200
    assert makers.fresh(one).state == "released"
    shown = browser.get(reverse("call", args=[call.pk])).content.decode()
    assert 'value="moved_to_988"' in shown


def ticked(answer):
    """What the form ticks of what the partner may read."""
    found = re.findall(
        r'name="fields" value="(\w+)"( checked)?', answer.content.decode()
    )
    return {code for code, tick in found if tick}


def test_a_refused_hand_over_ticks_nothing_that_was_unticked(centre, call, dispatcher):
    browser, partner = signed_in(dispatcher), centre.partners.get()
    shown = browser.get(reverse("call", args=[call.pk]))
    assert "name" in ticked(shown)
    said = {
        "handover": "1",
        "target": f"{partner.pk}:usual",
        "agreed": "yes",
        "fields": ["place", "notes"],
        "key": "k1",
        "seen": makers.fresh(call).version - 1,
    }

    refused = browser.post(reverse("transfer_begin", args=[call.pk]), said)

    assert refused.status_code == 409
    assert ticked(refused) == {"place", "notes"}
    form = refused.content.decode()
    assert '<option value="yes" selected>' in form
    # The page's own refresh takes it for written, and waits.
    assert form.count("data-unsent") == 1
    assert "data-unsent" not in shown.content.decode()


def test_only_the_hash_of_a_link_is_kept(ringing):
    assert partners.SECRET not in str(HandOff.objects.values().get())


@pytest.mark.parametrize(
    ("kind", "outcome", "words"),
    [
        ("988", "moved_to_988", "moved to 988"),
        ("centre", "moved_to_partner", "handed to Orange"),
        ("paramedics", "moved_to_partner", "handed to Orange"),
    ],
)
def test_each_kind_of_transfer_closes_in_its_own_words(
    centre, call, dispatcher, kind, outcome, words
):
    orange = partners.a_partner(centre, "orange", kind=kind)
    partners.walked(call, orange, dispatcher, "released")
    browser = signed_in(dispatcher)

    shown = browser.get(reverse("call", args=[call.pk])).content.decode()

    assert f'name="outcomes" value="{outcome}"' in shown
    assert f"Close {call.number}: {words}" in shown


@pytest.mark.parametrize(
    ("calling", "reached"), [("person", "yes"), ("third_party", "")]
)
def test_who_called_is_not_always_the_person_whom_we_reached(
    centre, dispatcher, calling, reached
):
    call = makers.a_call(centre, dispatcher, caller_kind=calling)
    orange = partners.a_partner(centre, "orange", kind="centre")
    partners.walked(makers.decided(call), orange, dispatcher, "released")

    (view,) = transfers.panel(makers.fresh(call))

    assert view.closing.reached == reached


def test_a_call_opened_again_is_not_closed_by_what_came_before(
    call, dispatcher, centre
):
    partners.walked(call, centre.partners.get(), dispatcher, "released")
    by = makers.by(dispatcher)
    disposition.close(call_id=call.pk, outcomes=["moved_to_988"], by=by)
    disposition.reopen(call_id=call.pk, reason="called_again", by=by)

    (view,) = transfers.panel(makers.fresh(call))

    assert (view.closing, view.to_do, view.holder) == (None, False, "")


@pytest.mark.parametrize("step", partners.STEPS[:-1])
def test_nothing_is_closed_before_the_partner_has_the_caller(
    centre, call, dispatcher, step
):
    partners.walked(call, centre.partners.get(), dispatcher, step)

    assert transfers.panel(call)[0].closing is None


@pytest.mark.parametrize("step", ["keep", "share", "decline", "lost", "revoke"])
def test_a_press_is_for_a_transfer_of_its_own_call(centre, ringing, dispatcher, step):
    browser, other = signed_in(dispatcher), makers.a_call(centre, address="9 Elm St")
    url = reverse(f"transfer_{step}", args=[other.pk, ringing.pk])
    before = Event.objects.count()

    answer = browser.post(url, {"key": "k1", "reason": "no_capacity"})

    assert answer.status_code == 404
    assert makers.fresh(ringing).state == ringing.state
    assert Event.objects.count() == before


def test_a_name_or_note_that_is_too_long_is_refused_and_kept_on_the_page(ringing):
    answer = press("acknowledge", name="A" * 81)

    assert answer.status_code == 422
    assert "name: at most" in words(answer)
    assert "A" * 81 in answer.content.decode()
    assert "maxlength" not in answer.content.decode()
