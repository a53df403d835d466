"""Nobody is rung or written to against what was said for that number, whoever said it."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import callback, callers, contact, intake, phone
from dispatch.actions.details import Details
from dispatch.actions.followup import refused_channels
from dispatch.actions.intake import Intake
from dispatch.errors import Forbidden, Invalid
from dispatch.events import CLOCK, Actor
from dispatch.models import Caller, Contact
from dispatch.selectors import line as lines
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db
SERVICE = Actor(kind="phone")
THEIRS = "919-555-0188"


@pytest.fixture(autouse=True)
def by_service(settings):
    """Where a telephone service dials, it is not to dial against a wish."""
    settings.PHONE = "twilio"


@pytest.fixture
def by(centre):
    return makers.by(makers.a_user(centre, "dispatcher"))


@pytest.fixture
def call(centre):
    return makers.a_call(centre, safe_contact="call_and_text")


def second(call, preference, number=THEIRS):
    said = Intake(name="Second", phone=number, safe_contact=preference)
    return callers.attach(call_id=call.pk, intake=said, by=CLOCK)


def lost(leg):
    contact.lost(contact_id=leg.pk, by=CLOCK)
    return makers.fresh(leg)


def first_of(call):
    return Contact.objects.filter(call=call, purpose="caller").earliest("id")


def wish(call, preference, by):
    details = Details(safe_contact=preference)
    intake.correct(call_id=call.pk, details=details, by=by)


def shown(call):
    call = makers.fresh(call)
    return lines.line(call, store.published(call.agency_id)[1])


def test_a_second_caller_who_wants_no_contact_is_checked_on_and_never_dialled(call):
    leg = lost(second(call, "none"))

    assert (leg.state, leg.why) == ("completed", "asked_not")


def test_what_a_second_caller_said_holds_for_every_way_to_reach_them(call, by):
    leg = lost(second(call, "text_first"))

    for ring in (contact.mine, phone.call_back):
        with pytest.raises(Invalid):
            ring(contact_id=leg.pk, by=by)
    with pytest.raises(Invalid):
        callback.tried(contact_id=leg.pk, result="no_answer", by=by)
    assert callback.tried(contact_id=leg.pk, result="no_answer", channel="text", by=by)


def test_a_second_caller_who_allows_a_call_is_not_bound_by_the_first(centre, by):
    call = makers.a_call(centre, safe_contact="none")

    leg = lost(second(call, "call_only"))

    assert phone.call_back(contact_id=leg.pk, by=by).carrier == "wanted"


def test_one_number_said_twice_holds_by_the_stricter_word(call, by):
    second(call, "none", number="(919) 555-0142")

    assert lost(first_of(call)).why == "asked_not"


def test_a_caller_without_a_number_speaks_for_themselves_alone(call):
    bystander = second(call, "none", number="")

    assert lost(first_of(call)).state == "callback_due"
    assert lost(bystander).why == "asked_not"


# As a telephone with another keyboard writes it.
WIDE = "".join(chr(0xFF10 + int(digit)) for digit in "9195550142")


@pytest.mark.parametrize(
    "typed",
    ["919-555-0142 ext 5", "919 555 0142x22", "9195550142,,1", WIDE],
)
def test_however_it_is_typed_it_is_the_same_number(call, by, typed):
    wish(call, "none", by)

    with pytest.raises(Invalid):
        contact.reach_out(call_id=call.pk, purpose="collateral", number=typed, by=by)


def test_a_caller_s_wish_goes_with_them_to_a_call_of_their_own(call):
    leg = second(call, "none")

    other = callers.split(contact_id=leg.pk, by=CLOCK)

    assert Caller.objects.get(call=other).safe_contact == "none"


def test_a_wish_of_no_list_is_refused(call):
    with pytest.raises(Invalid):
        second(call, "sometimes")


def test_the_line_shows_each_caller_s_own_wish_and_offers_no_press_against_it(call):
    lost(second(call, "text_first"))

    leg = next(leg for leg in shown(call).legs if leg.urgent)

    assert leg.rule == "Text first, no voicemail"
    assert leg.first.channel == "text"
    assert leg.due.startswith("Text first")


def test_a_ring_that_was_ordered_is_not_dialled_after_they_said_no(call, by):
    leg = lost(first_of(call))
    phone.call_back(contact_id=leg.pk, by=by)
    wish(call, "none", by)

    assert phone.asked(contact_id=leg.pk, by=SERVICE) is None

    assert makers.fresh(leg).carrier == "by_hand"
    assert makers.events_of(call).last().body["why"] == "phone_unsafe"


def test_a_ring_that_was_ordered_long_ago_lapses(call, by):
    leg = lost(first_of(call))
    leg = phone.call_back(contact_id=leg.pk, by=by)
    early = leg.due_at - timedelta(seconds=61)
    Contact.objects.filter(pk=leg.pk).update(due_at=early)

    assert phone.asked(contact_id=leg.pk, by=SERVICE) is None

    assert makers.fresh(leg).carrier == "by_hand"
    assert makers.events_of(call).last().body["why"] == "phone_late"


def test_a_ring_that_nobody_made_in_time_is_not_made_at_the_next_try(call, by):
    leg = lost(first_of(call))
    phone.call_back(contact_id=leg.pk, by=by)
    for _clock in ("callback", "callback_again"):
        Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(seconds=1))
        contact.due(contact_id=leg.pk, by=CLOCK)

    assert makers.fresh(leg).state == "callback_due"
    assert phone.asked(contact_id=leg.pk, by=SERVICE) is None


def test_who_dials_by_hand_is_not_overtaken_by_the_telephone(call, by):
    leg = lost(first_of(call))
    phone.call_back(contact_id=leg.pk, by=SERVICE)

    contact.mine(contact_id=leg.pk, by=by)

    assert phone.asked(contact_id=leg.pk, by=SERVICE) is None


@pytest.mark.parametrize("purpose", ["collateral", "consult"])
def test_a_caller_s_number_is_refused_whatever_it_is_rung_for(centre, by, purpose):
    call = makers.a_call(centre, safe_contact="none")

    with pytest.raises(Invalid):
        contact.reach_out(
            call_id=call.pk, purpose=purpose, number="+1 (919) 555-0142", by=by
        )


def test_somebody_who_is_to_be_rung_is_not_once_they_called_and_said_no(call, by):
    rung = contact.reach_out(
        call_id=call.pk, purpose="collateral", number=THEIRS, by=by
    )
    second(call, "none")

    assert phone.asked(contact_id=rung.pk, by=SERVICE) is None


# What was said for this number on another call


def test_what_this_number_said_before_is_asked_again_and_not_overridden(centre, by):
    makers.a_call(centre, safe_contact="none")
    call = makers.a_call(centre)
    leg = lost(first_of(call))

    # Unknown is never no: they are still missed, and a check goes in the end.
    assert leg.state == "callback_due"
    with pytest.raises(Invalid) as refused:
        phone.call_back(contact_id=leg.pk, by=by)
    assert "before" in str(refused.value.params["why"])
    assert "Asked before: Do not contact" in shown(call).rule

    wish(call, "call_only", by)
    assert phone.call_back(contact_id=leg.pk, by=by).carrier == "wanted"


def test_what_was_allowed_before_allows_nothing_now(centre):
    makers.a_call(centre, safe_contact="call_and_text")
    leg = lost(first_of(makers.a_call(centre)))

    with pytest.raises(Invalid):
        callback.tried(contact_id=leg.pk, result="no_answer", channel="text", by=CLOCK)


def test_a_second_caller_s_wish_is_known_on_their_next_call(call, by):
    second(call, "none")
    again = makers.a_call(call.agency, phone=THEIRS)

    with pytest.raises(Invalid):
        phone.call_back(contact_id=lost(first_of(again)).pk, by=by)


@pytest.mark.parametrize("why", ["another centre", "simulated", "another number"])
def test_what_others_said_before_binds_nobody(centre, by, why):
    makers.a_call(
        makers.an_agency() if why == "another centre" else centre,
        safe_contact="none",
        simulated="call" if why == "simulated" else "",
        phone=THEIRS if why == "another number" else "919-555-0142",
    )
    leg = lost(first_of(makers.a_call(centre)))

    assert phone.call_back(contact_id=leg.pk, by=by).carrier == "wanted"


def test_a_follow_up_honours_what_the_number_said(centre):
    call = makers.a_call(centre, safe_contact="call_and_text")
    assert refused_channels(call) == frozenset()

    second(call, "none", number="919-555-0142")

    assert refused_channels(call) >= {"voice", "text"}


# Somebody beside the caller who asked, on another call, not to be contacted


def collateral(call, by, **said):
    return contact.reach_out(
        call_id=call.pk, purpose="collateral", number=THEIRS, by=by, **said
    )


@pytest.mark.parametrize("wish_before", ["none", "text_first"])
def test_a_wish_of_another_call_is_named_and_set_aside_with_a_reason(
    centre, call, by, wish_before
):
    makers.a_call(centre, safe_contact=wish_before, phone=THEIRS)
    with pytest.raises(Invalid, match="On another call") as refused:
        collateral(call, by)
    assert refused.value.params["wish"] == wish_before
    for short in (
        {"confirmed": wish_before},
        {"reason": "risk_to_life"},
        {"confirmed": "call_only", "reason": "risk_to_life"},
    ):
        with pytest.raises(Invalid):
            collateral(call, by, **short)
    said = {"confirmed": wish_before, "reason": "risk_to_life"}
    with pytest.raises(Forbidden):
        collateral(call, CLOCK, **said)

    leg = collateral(call, by, **said)

    told = makers.events_of(call).get(kind="WishSetAside").body
    assert told == {
        "contact": str(leg.pk),
        "wish": wish_before,
        "reason": said["reason"],
    }
    assert phone.asked(contact_id=leg.pk, by=SERVICE).carrier == "dial"


def test_a_wish_said_on_this_call_is_never_set_aside(call, by):
    second(call, "none")

    with pytest.raises(Invalid):
        collateral(call, by, confirmed="none", reason="risk_to_life")


def test_a_wish_said_after_it_was_set_aside_stops_the_ring(centre, call, by):
    makers.a_call(centre, safe_contact="none", phone=THEIRS)
    leg = collateral(call, by, confirmed="none", reason="risk_to_life")
    second(call, "none")

    assert phone.asked(contact_id=leg.pk, by=SERVICE) is None
