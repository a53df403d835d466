"""An interpreter's leg: who has the caller says that it ended, and it ends with the caller's."""

import pytest

from dispatch.actions import contact, handover, phone
from dispatch.errors import Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Contact
from dispatch.selectors import line as lines
from routing import store
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


@pytest.fixture
def interpreter(call):
    """One who is on the line, in Spanish."""
    leg = asked_for(call)
    contact.connect(contact_id=leg.pk, by=CLOCK)
    return makers.fresh(leg)


def asked_for(call, language="spanish"):
    return contact.ask_interpreter(call_id=call.pk, language=language, by=CLOCK)


def left(leg, **said):
    return contact.interpreter_left(contact_id=leg.pk, by=CLOCK, **said)


def interpreters(call):
    rows = Contact.objects.filter(call=call, purpose="interpreter").order_by("pk")
    return [(one.language, one.state, one.why) for one in rows]


def caller(call):
    return Contact.objects.get(call=call, purpose="caller")


GONE = ("spanish", "completed", "interpreter_left")


def test_an_interpreter_who_left_is_over_and_the_caller_stays(call, interpreter):
    left(interpreter)
    left(interpreter)

    assert interpreters(call) == [GONE]
    assert caller(call).state == "connected"
    assert makers.kinds(call).count("ContactMoved") == 2


def test_another_one_is_rung_for_at_once_and_only_once(call, interpreter):
    first = left(interpreter, another=True)
    again = left(interpreter, another=True)

    assert first == again
    assert interpreters(call) == [GONE, ("spanish", "ringing", "")]
    assert first.due == "interpreter"


def test_an_old_press_brings_nobody_once_the_other_has_left_too(call, interpreter):
    left(left(interpreter, another=True))

    left(interpreter, another=True)

    assert interpreters(call) == [GONE, GONE]


def test_only_an_interpreter_leaves_so(call):
    with pytest.raises(Invalid):
        left(caller(call))


def test_who_was_let_go_did_not_leave(interpreter):
    contact.hang_up(contact_id=interpreter.pk, by=CLOCK)

    with pytest.raises(LostRace):
        left(interpreter, another=True)


def over(call, dispatcher):
    contact.hang_up(
        contact_id=caller(call).pk,
        decided=True,
        reason="agreed_end",
        by=makers.by(dispatcher),
    )


def closed(call, dispatcher):
    makers.closed(call)


def handed_over(call, dispatcher):
    partner = partners.a_partner(call.agency)
    partners.walked(call, partner, dispatcher, "released")


ENDS = {"agreed_end": over, "call_over": closed, "handed_over": handed_over}


@pytest.mark.parametrize("why", ENDS)
def test_the_interpreter_s_leg_ends_with_the_caller_s(
    call, interpreter, dispatcher, why
):
    ENDS[why](makers.fresh(call), dispatcher)

    assert interpreters(call) == [("spanish", "completed", why)]


def test_it_goes_on_while_another_caller_is_there_or_one_is_called_back(
    call, interpreter
):
    contact.lost(contact_id=caller(call).pk, by=CLOCK)

    assert interpreters(call) == [("spanish", "connected", "")]


@pytest.mark.parametrize(
    ("carrier", "verb"), [("in", None), ("rings", "hang_up")], ids=str
)
def test_the_telephone_leaves_an_interpreter_with_whom_the_caller_was_handed_over(
    call, interpreter, dispatcher, carrier, verb
):
    Contact.objects.filter(pk=interpreter.pk).update(carrier=carrier)
    handed_over(call, dispatcher)

    asked = phone.asked(contact_id=interpreter.pk, by=CLOCK)

    assert (asked.carrier if asked else None) == verb


def test_the_page_says_who_left_until_another_one_is_asked_for(call, interpreter):
    protocol = store.published(call.agency_id)[1]
    contact.lost(contact_id=interpreter.pk, by=CLOCK)
    (one,) = lines.line(makers.fresh(call), protocol).in_vain

    asked_for(call, one.language)

    assert (one.how, one.do, one.interpreter) == ("has left", "interpreter", "staff")
    assert lines.line(makers.fresh(call), protocol).in_vain == ()


def test_a_transfer_is_not_moved_by_an_interpreter_who_leaves(
    call, interpreter, dispatcher
):
    one = partners.walked(
        call, partners.a_partner(call.agency), dispatcher, "conferenced"
    )

    left(interpreter, another=True)
    handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher))

    assert makers.fresh(one).state == "released"
