"""What is known here, on the pages: the same event, history, cautions, plans, by role."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from dispatch.actions import callers, flag, intake, plan
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.models import AccessRecord, Call, Contact, Event, Flag
from tests import makers
from tests.edges.pages import sent, typed, words

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
OTHER = {"phone": "919-555-0199", "caller_kind": "third_party"}


def as_(agency, role):
    client = Client()
    client.user = makers.a_user(agency, role)
    client.force_login(client.user)
    return client


def previewed(desk, **known):
    return words(desk.post(reverse("preview"), typed(**known), headers=HTMX))


def pressed(**known):
    return {"key": str(uuid4()), **known}


def responses(agency, count, **known):
    """So many answered calls of one person."""
    who = {"caller_kind": "person", "name": "Ana Diaz"} | known
    for _number in range(count):
        makers.a_clinician(agency)
        makers.ended(
            makers.with_clinician(makers.decided(makers.a_call(agency, **who)))
        )
    return makers.a_call(agency, **who)


def test_what_may_be_the_same_event_is_offered_with_reasons_for_and_against(
    centre, desk
):
    call = makers.a_call(centre, caller_kind="third_party")

    said = previewed(desk, **OTHER, type="overdose", weapon="yes")

    assert call.number in said
    assert "same address" in said
    assert "0 min apart" in said
    assert "Against it: another type" in said
    assert "Another danger: only one names it: Weapon" in said
    assert "Same event: add this caller" in said


ASKED = "Asked before: Do not contact. Please ask anew."


def test_while_the_number_is_typed_its_wish_is_told_and_the_look_is_recorded(
    centre, desk
):
    makers.a_call(centre, safe_contact="none", address="9 Far Lane")

    assert ASKED in previewed(desk, phone="(919) 555-0142", address="")
    assert AccessRecord.objects.filter(reason="known_here").exists()
    assert ASKED not in previewed(desk, **OTHER)


def test_triage_tells_what_the_number_asked_on_another_call_and_not_on_this(
    centre, desk
):
    makers.a_call(centre, safe_contact="none")
    call = makers.a_call(centre, safe_contact="text_first")

    page = words(desk.get(reverse("triage", args=[call.pk])))

    assert ASKED in page
    assert "Asked before: Text first" not in page


def test_nothing_is_offered_that_is_known_to_be_elsewhere(centre, desk):
    makers.a_call(centre, address="9 Far Lane")

    assert "No open call of the last four hours" in previewed(desk, **OTHER)


def test_another_event_stays_away_from_this_form(centre, desk):
    call = makers.a_call(centre, caller_kind="third_party")

    answer = desk.post(reverse("preview"), typed(**OTHER, apart=str(call.pk)))

    assert call.number not in words(answer)
    assert f'name="apart" value="{call.pk}"' in answer.content.decode()


def test_one_press_adds_the_caller_and_opens_no_second_call(centre, desk):
    call = makers.a_call(centre)
    said = {"weapon": "yes", "note": "Red coat", "safe_contact": "none"}
    form = typed(**OTHER, name="Ada N.", **said)

    for _press in range(2):
        done = desk.post(reverse("intake"), form | {"same": str(call.pk)})

    assert done.url == reverse("call", args=[call.pk])
    assert Call.objects.count() == 1
    assert Contact.objects.filter(call=call).count() == 2
    page = words(desk.get(done.url))
    assert "Ada N." in page
    assert "Red coat" in page
    assert "Safe contact: Do not contact" in page
    assert call.answers.get(question="weapon").value == "yes"


def test_on_an_open_call_the_press_links_it_and_carries_its_danger(centre, desk):
    first = makers.a_call(centre)
    call = makers.a_call(centre)

    done = desk.post(
        reverse("triage", args=[call.pk]), sent(call, same=str(first.pk), weapon="yes")
    )

    assert done.url == reverse("call", args=[first.pk])
    assert makers.fresh(call).duplicate_of_id == first.pk
    assert first.answers.get(question="weapon").value == "yes"


def test_a_linked_call_is_unlinked_from_its_page(centre, desk):
    first, call = makers.a_call(centre), makers.a_call(centre)
    intake.link_calls(call_id=call.pk, duplicate_of=first.pk, by=CLOCK)
    assert "Not the same event as" in words(desk.get(reverse("call", args=[call.pk])))

    desk.post(reverse("call_unlink", args=[call.pk]), pressed(reason="another_event"))

    assert makers.fresh(call).state == "triaging"


def test_help_that_came_with_a_linked_call_says_from_which_once_unlinked(centre, desk):
    makers.a_unit(centre, "cor")
    first = makers.decided(makers.a_call(centre), weapon="yes")
    call = makers.decided(makers.a_call(centre, type="overdose"), medical="yes")
    intake.link_calls(call_id=call.pk, duplicate_of=first.pk, by=CLOCK)

    callers.unlink(call_id=call.pk, reason="another_event", by=CLOCK)

    page = words(desk.get(reverse("call", args=[first.pk])))
    assert re.search(rf"EMS .*from {call.number} Not told yet .*Withdraw EMS", page)
    assert "any help that it brought is wanted here until somebody withdraws" in page


def test_help_that_was_wanted_before_came_from_no_other_call(centre, desk):
    first, call = (
        makers.decided(makers.a_call(centre, type="overdose"), medical="yes")
        for _two in range(2)
    )

    intake.link_calls(call_id=call.pk, duplicate_of=first.pk, by=CLOCK)

    assert f"from {call.number}" not in words(
        desk.get(reverse("call", args=[first.pk]))
    )


def test_one_caller_is_parted_into_a_call_of_their_own(centre, desk):
    call = makers.a_call(centre)
    leg = callers.attach(call_id=call.pk, intake=Intake(name="Ada N."), by=CLOCK)

    done = desk.post(reverse("contact_split", args=[leg.pk]), pressed())

    other = Call.objects.exclude(pk=call.pk).get()
    assert done.url == reverse("triage", args=[other.pk])


def test_history_says_count_date_and_outcome_and_leaves_a_record(centre, desk):
    call = responses(centre, 2)

    said = previewed(desk, name="Ana Diaz")

    assert "Same number : 3 calls, last" in said
    assert "Same name : 3 calls, last" in said
    AccessRecord.objects.get(user=desk.user, reason="known_here", call=None)
    page = words(desk.get(reverse("call", args=[call.pk])))
    assert "Same number : 2 calls, last" in page
    assert "Clinician, Resolved by phone" in page


def test_only_a_clinician_hears_that_notes_exist(centre, desk):
    first = makers.a_call(centre)
    intake.add_note(call_id=first.pk, text="Said quietly", by=CLOCK)
    page = reverse("call", args=[makers.a_call(centre).pk])

    here = as_(centre, "clinician").get(page)

    assert "1 with notes" in words(here)
    assert "Said quietly" not in words(here)
    assert "with notes" not in words(desk.get(page))


def test_a_hazard_on_file_shows_and_counts_while_it_is_typed(centre, desk):
    call = makers.a_call(centre)
    desk.post(
        reverse("call_flag", args=[call.pk]),
        pressed(
            subject="place", code="weapon_seen", hazard="yes", text="Under the sink"
        ),
    )

    answer = desk.post(reverse("preview"), typed(**OTHER), headers=HTMX)

    assert "Hazard: Weapon seen, place “Under the sink”" in words(answer)
    assert "S6" in words(answer)
    assert "Weapon seen" in words(desk.get(reverse("call", args=[call.pk])))


def test_an_unarmed_team_is_not_forced_past_a_hazard_on_file(centre, desk):
    made = makers.a_call(centre)
    by = makers.by(desk.user)
    flag.raise_(call_id=made.pk, subject="place", code="other", hazard=True, by=by)

    answer = desk.post(
        reverse("intake"),
        typed(do="override", type="trespass", response="crt", reason="officer_asks"),
    )

    assert answer.status_code == 422
    assert Call.objects.count() == 1


def test_a_crew_reads_the_caution_among_its_hazards(centre):
    team = makers.a_unit(centre, crewed=False)
    crew = as_(centre, "responder")
    makers.signed_on(team, crew.user)
    call = makers.a_call(centre, type="trespass")
    by = makers.by(crew.user)
    flag.raise_(
        call_id=call.pk,
        subject="place",
        code="dangerous_animal",
        text="Two dogs",
        by=by,
    )
    makers.decided(call)

    assert "Dangerous animal, place: Two dogs" in words(crew.get(reverse("crew")))


def test_a_supervisor_prolongs_and_ends_cautions(centre):
    lead = as_(centre, "supervisor")
    call = makers.a_call(centre)
    by = makers.by(lead.user)
    made = flag.raise_(call_id=call.pk, subject="place", code="other", by=by)
    Flag.objects.filter(pk=made.pk).update(expires_at=Now() + timedelta(hours=1))

    lead.post(reverse("flag_extend", args=[made.pk]), pressed())
    (now,) = Flag.objects.filter(ended_at=None)
    assert call.number in words(lead.get(reverse("flags")))
    lead.post(reverse("flag_end", args=[now.pk]), pressed(reason="not_true"))

    assert "No caution is in force" in words(lead.get(reverse("flags")))


def test_a_number_that_nobody_can_be_found_by_is_refused_calmly(centre, desk):
    call = makers.a_call(centre, phone="")

    answer = desk.post(
        reverse("call_flag", args=[call.pk]), pressed(subject="number", code="other")
    )

    assert answer.status_code == 422
    assert "Nothing to find it again by" in words(answer)


def test_five_responses_to_one_person_ask_for_a_review(centre, desk):
    for count, asked in ((4, False), (1, True)):
        call = responses(centre, count, phone="")

        page = words(desk.get(reverse("call", args=[call.pk])))

        assert ("five or more responses, review wanted" in page) is asked


def test_a_plan_is_read_by_whom_access_allows_and_known_of_by_the_rest(centre, desk):
    call = responses(centre, 1)
    lead, clinician = as_(centre, "supervisor"), as_(centre, "clinician")
    page = reverse("call", args=[call.pk])
    clinician.post(
        reverse("plan", args=[call.pk]),
        pressed(subject="person", text="Speak slowly."),
    )
    assert "plan exists" not in words(desk.get(page))  # nobody approved it yet

    made = plan.Plan.objects.get()
    lead.post(reverse("plan_approve", args=[made.pk]), pressed(call=str(call.pk)))

    assert "A familiar-neighbour plan exists; the clinician has it." in words(
        desk.get(page)
    )
    assert "Speak slowly." not in words(desk.get(page))
    assert "Speak slowly." in words(clinician.get(page))
    assert "Speak slowly." in words(lead.get(page))


@pytest.mark.parametrize("press", ["plan_approve", "plan_end"])
def test_a_plan_of_somebody_else_is_not_reached_from_a_call_of_ones_own(centre, press):
    lead = as_(centre, "supervisor")
    other = responses(centre, 1)
    made = plan.write(
        call_id=other.pk, subject="person", text="Hers", by=makers.by(lead.user)
    )
    own = makers.a_call(centre, caller_kind="person", name="Bo Carr", phone="")

    answer = lead.post(
        reverse(press, args=[made.pk]), pressed(call=str(own.pk), reason="other")
    )

    assert answer.status_code == 404
    assert plan.Plan.objects.get().ended_at is None


def test_who_wrote_a_plan_is_told_that_somebody_else_approves_it(centre):
    call = responses(centre, 1)
    lead = as_(centre, "supervisor")
    url = reverse("plan", args=[call.pk])
    lead.post(url, pressed(subject="person", text="Speak slowly."))
    made = plan.Plan.objects.get()

    answer = lead.post(
        reverse("plan_approve", args=[made.pk]), pressed(call=str(call.pk))
    )

    assert "Somebody else than the author approves it" in words(answer)


def test_the_language_is_kept_with_the_call(centre, desk):
    done = desk.post(reverse("intake"), typed(do="save", language="es"))

    call = Call.objects.get()
    assert call.caller.language == "es"
    assert desk.get(done.url).context["typed"]["language"] == "es"


def test_nobodys_words_or_numbers_are_in_an_event(centre, desk):
    call = makers.a_call(centre)
    form = typed(**OTHER, name="Ada Nn", note="Red coat", same=str(call.pk))
    desk.post(reverse("intake"), form)
    flagged = pressed(subject="place", code="other", text="Loose steps")
    desk.post(reverse("call_flag", args=[call.pk]), flagged)

    bodies = str(list(Event.objects.values_list("body", flat=True)))

    for secret in ("Ada", "coat", "0199", "steps", "Main"):
        assert secret not in bodies
