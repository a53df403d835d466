"""What a partner's page says: as it stands, then as it stood when they had the caller."""

import pytest

from dispatch.actions import callers, contact, disposition, intake, triage
from dispatch.actions.details import Details
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.models import Contact
from dispatch.selectors import handoff as pages
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db
FIELDS = ("place", "risk", "name", "notes")


@pytest.fixture
def dispatcher():
    return makers.a_user(makers.an_agency(), "dispatcher")


@pytest.fixture
def partner(dispatcher):
    return partners.a_partner(dispatcher.agency)


@pytest.fixture
def call(dispatcher):
    made = partners.a_counselling_call(dispatcher.agency, dispatcher)
    intake.add_note(call_id=made.pk, text="Calmer now", by=makers.by(dispatcher))
    return made


def shown():
    return dict(pages.page(partners.SECRET).shared)


def more_is_learnt(call, dispatcher):
    by = makers.by(dispatcher)
    intake.add_note(call_id=call.pk, text="Police were told", by=by)
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=by)
    intake.correct(call_id=call.pk, details=Details(address="9 Later Rd"), by=by)


def test_until_they_have_the_caller_the_page_tells_what_is_learnt(
    call, partner, dispatcher
):
    partners.walked(call, partner, dispatcher, "conferenced", fields=FIELDS)

    more_is_learnt(call, dispatcher)

    text = str(shown())
    assert "Police were told" in text
    assert "9 Later Rd" in text
    assert ": Yes" in text


def test_who_has_the_caller_reads_nothing_that_is_learnt_afterwards(
    call, partner, dispatcher
):
    partners.walked(call, partner, dispatcher, "released", fields=FIELDS)
    before = shown()

    more_is_learnt(call, dispatcher)

    after = shown()
    assert "Calmer now" in str(after)
    place = (set(before) - set(after)).pop()
    assert after == {label: lines for label, lines in before.items() if label != place}
    assert "1012 W Main St" in before[place]


def test_when_the_call_ends_here_they_keep_what_they_were_given(
    call, partner, dispatcher
):
    partners.walked(call, partner, dispatcher, "released", fields=FIELDS)
    before = pages.page(partners.SECRET).shared
    assert before

    disposition.close(
        call_id=call.pk, outcomes=["moved_to_988"], by=makers.by(dispatcher)
    )

    found = pages.page(partners.SECRET)
    assert (found.state, found.shared) == ("released", before)


@pytest.mark.parametrize(
    ("wish", "words"), [("none", "Do not contact"), ("not_asked", "Contact not asked")]
)
def test_beside_a_number_stands_how_it_may_be_used(
    call, partner, dispatcher, wish, words
):
    details = Details(phone="919-555-0204", safe_contact=wish)
    intake.correct(call_id=call.pk, details=details, by=makers.by(dispatcher))
    partners.walked(call, partner, dispatcher, "conferenced", fields=["number"])

    assert shown()["Call-back number"] == ("919-555-0204", words)


def a_further_caller(call, wish="none"):
    """They are on the line; the first caller is not."""
    known = Intake(
        name="Ada Neighbour",
        phone="919-555-0177",
        address="1014 W Main St",
        said="by the blue door",
        language="es",
        safe_contact=wish,
    )
    first = Contact.objects.get(call=call)
    leg = callers.attach(call_id=call.pk, intake=known, by=CLOCK)
    contact.hang_up(contact_id=first.pk, by=CLOCK)
    return leg


def test_what_was_said_is_shown_once_something_was(call, partner, dispatcher):
    partners.walked(call, partner, dispatcher, "data_sent", fields=("place", "said"))
    before = shown()
    words = Details(said="by the blue door")
    intake.correct(call_id=call.pk, details=words, by=makers.by(dispatcher))

    assert "What was said" not in before
    assert shown()["What was said"] == ("by the blue door",)


PERSONAL = ("language", "place", "name", "number", "person", "said")


@pytest.mark.parametrize("to", ["conferenced", "released"])
def test_of_a_further_caller_who_is_handed_over_their_own_is_shared(
    call, partner, dispatcher, to
):
    details = Details(
        name="First Caller", person_name="First Person", said="by the first door"
    )
    intake.correct(call_id=call.pk, details=details, by=makers.by(dispatcher))
    a_further_caller(call)

    partners.walked(call, partner, dispatcher, to, fields=PERSONAL)
    more_is_learnt(call, dispatcher)

    assert shown() == {
        "Language": ("Spanish",),
        "Where": ("1014 W Main St",),
        "Caller's name": ("Ada Neighbour",),
        "Call-back number": ("919-555-0177", "Do not contact"),
        "Person's name": ("not known",),
        "What was said": ("by the blue door",),
    }


def test_the_first_caller_who_called_again_is_still_the_first(
    call, partner, dispatcher
):
    first = Contact.objects.get(call=call)
    again = Intake(phone=call.caller.phone)
    callers.attach(call_id=call.pk, intake=again, by=CLOCK)
    contact.hang_up(contact_id=first.pk, by=CLOCK)

    partners.walked(call, partner, dispatcher, "conferenced", fields=FIELDS)

    assert "1012 W Main St" in str(shown())
