"""A familiar neighbour's plan: two people stand behind it, and no decision reads it."""

import pytest

from dispatch.actions import decision, intake, plan
from dispatch.errors import Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Decision, Plan
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician(centre):
    return makers.by(makers.a_clinician(centre))


@pytest.fixture
def supervisor(centre):
    return makers.by(makers.a_user(centre, "supervisor"))


def known(centre, **more):
    return makers.a_call(centre, name="Ana Diaz", caller_kind="person", **more)


def written(call, by, text="Speak slowly. She likes her sister called.", **more):
    return plan.write(
        call_id=call.pk, by=by, text=text, **({"subject": "person"} | more)
    )


def test_a_plan_holds_when_another_person_than_its_author_approves_it(
    centre, clinician, supervisor
):
    made = written(known(centre), clinician)
    assert makers.fresh(made).approved_at is None

    plan.approve(plan_id=made.pk, by=supervisor)

    made = makers.fresh(made)
    assert (made.approved_by_id, made.author_id) == (supervisor.id, clinician.id)
    assert (made.review_at - made.approved_at).days in {181, 182}
    assert b"sister" not in bytes(made.__dict__["text"])  # it rests sealed


def test_nobody_approves_their_own_plan(centre, supervisor):
    made = written(known(centre), supervisor)

    with pytest.raises(Invalid):
        plan.approve(plan_id=made.pk, by=supervisor)

    assert makers.fresh(made).approved_at is None


def test_a_plan_written_anew_ends_the_one_before_and_is_not_approved_by_it(
    centre, clinician, supervisor
):
    before = written(known(centre), clinician)
    plan.approve(plan_id=before.pk, by=supervisor)

    after = written(known(centre), clinician, text="Her brother now.")

    assert makers.fresh(before).why == "rewritten"
    assert makers.fresh(after).approved_at is None
    assert Plan.objects.filter(ended_at=None).count() == 1
    with pytest.raises(LostRace):
        plan.approve(plan_id=before.pk, by=supervisor)


def test_ending_twice_is_once(centre, clinician):
    made = written(known(centre), clinician)

    for why in ("person_asks", "other"):
        plan.end(plan_id=made.pk, why=why, by=clinician)

    assert makers.fresh(made).why == "person_asks"


@pytest.mark.parametrize(
    "known_of", [{"text": " "}, {"subject": "place"}, {"subject": "person"}]
)
def test_a_plan_without_words_or_without_a_person_is_refused(
    centre, clinician, known_of
):
    nobody = makers.a_call(centre, caller_kind="third_party")

    with pytest.raises(Invalid):
        written(nobody, clinician, **known_of)


@pytest.mark.parametrize(
    "answers",
    [{}, {"weapon": "yes"}, {"attempt": "yes"}, {"violence": "yes"}, {"threat": "yes"}],
    ids=["quiet", "weapon", "attempt", "violence", "threat"],
)
def test_a_plan_never_changes_what_is_decided(centre, clinician, supervisor, answers):
    def decided():
        call = makers.triaged(known(centre), **answers)
        decision.decide(call_id=call.pk, by=CLOCK, send=False)
        made = Decision.objects.get(call=call)
        # Open, its danger would hold for the next call at the place.
        intake.cancel(call_id=call.pk, reason="entered_by_mistake", by=CLOCK)
        own = {"id": "", "at": ""}
        return made.line | own, made.findings, made.facts | own

    before = decided()
    text = "Calm. Never police, no CoR, only CRT; no weapon was ever there."
    made = written(known(centre), clinician, text=text)
    plan.approve(plan_id=made.pk, by=supervisor)

    assert decided() == before


def test_the_router_cannot_approve(centre, clinician):
    made = written(known(centre), clinician)

    with pytest.raises(Invalid):
        plan.approve(plan_id=made.pk, by=CLOCK)
