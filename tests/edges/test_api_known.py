"""Several callers, cautions, history and plans over the API, as the pages have them."""

import pytest

from dispatch.actions import callers, flag, intake, plan
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.models import AccessRecord, Answer, Call, Contact, Flag, Plan
from tests import makers
from tests.edges.api import Person

WHO = {"caller_kind": "person", "name": "Ana Diaz"}


def as_(centre, role):
    return Person(makers.a_user(centre, role))


def send(person, call, verb, body=None):
    seen = makers.fresh(call).version
    return person.post(f"calls/{call.pk}/{verb}/", body, version=seen)


def test_what_a_page_takes_of_a_call_the_api_takes_and_gives_too(centre, dispatcher):
    known = {
        "language": "es",
        "safe_contact": "text_first",
        "phone_verified": True,
        "channel": "rtt",
        "source_ref": "CAD-9",
    }

    opened = dispatcher.post("calls/", known).json()
    call = makers.fresh_call(opened["id"])
    shown = dispatcher.get(f"calls/{call.pk}/").json()
    send(dispatcher, call, "details", {"language": "ase"})

    assert (shown["caller"]["language"], shown["source_ref"]) == ("es", "CAD-9")
    assert shown["caller"]["safe_contact"] == "text_first"
    assert [leg["channel"] for leg in shown["contacts"]] == ["rtt"]
    assert makers.fresh(call.caller).language == "ase"


def test_a_language_that_nobody_speaks_here_is_refused_by_name(centre, dispatcher):
    call = makers.a_call(centre)

    for answer in (
        dispatcher.post("calls/", {"language": "klingon"}),
        send(dispatcher, call, "details", {"language": "klingon"}),
        send(dispatcher, call, "callers/add", {"language": "klingon"}),
    ):
        assert (answer.status_code, answer.json()["field"]) == (422, "language")


def test_open_calls_that_may_be_the_same_are_told_with_their_reasons(
    centre, dispatcher
):
    other = makers.a_call(centre, caller_kind="third_party")
    call = makers.a_call(centre, caller_kind="third_party", type="overdose")

    (one,) = dispatcher.get(f"calls/{call.pk}/alike/").json()

    assert (one["id"], one["number"]) == (str(other.pk), other.number)
    assert {"same number", "same address"} <= set(one["reasons"])
    assert one["against"] == ["another type"]
    assert AccessRecord.objects.filter(call=call, verb="triage.answer").exists()


def test_one_more_caller_joins_a_call_and_brings_their_danger(centre, dispatcher):
    call = makers.a_call(centre)
    said = {
        "name": "Ada N.",
        "phone": "919-555-0199",
        "said": "She has a knife",
        "answers": {"weapon": "yes"},
        "note": "Red coat",
        "language": "es",
        "safe_contact": "none",
        "point": {"lat": 35.99, "lon": -78.9},
    }

    legs = [
        dispatcher.post(f"calls/{call.pk}/callers/add/", said, key="k1")
        for _press in range(2)
    ]

    assert [leg.status_code for leg in legs] == [201, 201]
    assert Contact.objects.filter(call=call).count() == 2
    assert Call.objects.count() == 1
    assert Answer.objects.get(call=call, question="weapon").value == "yes"
    (one,) = dispatcher.get(f"calls/{call.pk}/callers/").json()
    assert (one["id"], one["name"]) == (legs[0].json()["id"], "Ada N.")
    assert one["said"] == "She has a knife, Red coat"
    assert one["dangers"] == ["Weapon"]
    assert one["safe_contact"] == "Do not contact"
    assert one["point"] == "35.99000, -78.90000"
    assert legs[0].json()["language"] == "es"


def test_a_crew_hears_what_a_caller_said_and_not_who_or_from_where(centre):
    crew = as_(centre, "responder")
    team = makers.a_unit(centre, crewed=False)
    makers.signed_on(team, crew.user)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    known = Intake(name="Ada N.", phone="919-555-0199", said="Two dogs")
    callers.attach(call_id=call.pk, intake=known, by=CLOCK)

    (one,) = crew.get(f"calls/{call.pk}/callers/").json()

    assert (one["name"], one["number"], one["said"]) == ("", "", "Two dogs")


def test_a_further_caller_s_wish_is_kept_with_their_own_leg(centre, dispatcher):
    call = makers.a_call(centre)
    leg = callers.attach(call_id=call.pk, intake=Intake(name="Ada N."), by=CLOCK)
    first = call.contacts.earliest("pk")

    said = dispatcher.post(f"contacts/{leg.pk}/prefer/", {"safe_contact": "none"})
    twice = dispatcher.post(f"contacts/{leg.pk}/prefer/", {"safe_contact": "none"})
    of_first = dispatcher.post(f"contacts/{first.pk}/prefer/", {"safe_contact": "none"})

    assert (said.status_code, twice.status_code) == (200, 200)
    assert makers.fresh(leg).safe_contact == "none"
    assert makers.kinds(call).count("ContactPreferred") == 1
    assert (of_first.status_code, of_first.json()["field"]) == (422, "contact")
    assert makers.fresh(first).safe_contact == "not_asked"


def test_one_caller_is_parted_and_a_linked_call_unlinked(centre, dispatcher):
    call, other = makers.a_call(centre), makers.a_call(centre)
    leg = callers.attach(call_id=call.pk, intake=Intake(name="Ada N."), by=CLOCK)
    intake.link_calls(call_id=other.pk, duplicate_of=call.pk, by=CLOCK)

    parted = dispatcher.post(f"contacts/{leg.pk}/split/")
    first = dispatcher.post(f"contacts/{call.contacts.earliest('pk').pk}/split/")
    refused = send(dispatcher, other, "unlink", {"reason": "i_say_so"})
    unlinked = send(dispatcher, other, "unlink", {"reason": "another_event"})

    assert parted.status_code == 201
    assert Contact.objects.get(pk=leg.pk).call_id != call.pk
    assert (first.status_code, first.json()["field"]) == (422, "contact")
    assert (refused.status_code, refused.json()["field"]) == (422, "reason")
    assert unlinked.json()["state"] == "triaging"


def test_unlinking_says_which_version_it_saw(centre, dispatcher):
    call = makers.a_call(centre)

    refused = dispatcher.post(f"calls/{call.pk}/unlink/", {"reason": "other"})

    assert refused.status_code == 428


def test_a_caution_is_raised_seen_again_prolonged_and_ended(centre, dispatcher):
    lead = as_(centre, "supervisor")
    call = makers.a_call(centre)
    said = {"subject": "place", "code": "weapon_seen", "hazard": True, "text": "Sink"}

    made = dispatcher.post(f"calls/{call.pk}/cautions/raise/", said)
    again = makers.a_call(centre, phone="")
    (here,) = dispatcher.get(f"calls/{again.pk}/cautions/").json()
    longer = lead.post(f"cautions/{made.json()['id']}/prolong/").json()
    late = lead.post(f"cautions/{made.json()['id']}/prolong/")
    (every,) = lead.get("cautions/").json()
    ended = lead.post(f"cautions/{longer['id']}/end/", {"reason": "not_true"}).json()

    assert made.status_code == 201
    assert (here["id"], here["text"], here["hazard"]) == (
        made.json()["id"],
        "Sink",
        True,
    )
    assert every == longer
    assert longer["author"] == str(lead.user.pk)
    assert (late.status_code, late.json()["code"]) == (409, "lost_race")
    assert (ended["why"], bool(ended["ended_at"])) == ("not_true", True)
    assert lead.get("cautions/").json() == []
    assert dispatcher.get(f"calls/{again.pk}/cautions/").json() == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"subject": "place", "code": "he_is_mad"}, "code"),
        ({"subject": "street", "code": "other"}, "subject"),
        ({"subject": "person", "code": "other"}, "subject"),
        ({"subject": "place", "code": "other", "hazard": "yes"}, "hazard"),
    ],
)
def test_a_caution_is_refused_by_the_name_of_its_key(centre, dispatcher, said, field):
    call = makers.a_call(centre)

    refused = dispatcher.post(f"calls/{call.pk}/cautions/raise/", said)

    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert not Flag.objects.exists()


def test_a_plan_is_written_approved_by_another_read_and_ended(centre, dispatcher):
    lead, clinician = as_(centre, "supervisor"), as_(centre, "clinician")
    call = makers.a_call(centre, **WHO)
    path = f"calls/{call.pk}/"
    said = {"subject": "person", "text": "Speak slowly."}
    made = clinician.post(path + "plans/write/", said)
    named = {"plan": made.json()["id"]}
    assert (made.status_code, made.json()["approved_at"]) == (201, None)
    assert dispatcher.get(path + "known/").json()["plans"] == []

    own = lead.post(path + "plans/write/", said).json()
    refused = lead.post(path + "plans/approve/", {"plan": own["id"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "plan")
    gone = lead.post(path + "plans/approve/", named)
    assert (gone.status_code, gone.json()["code"]) == (409, "lost_race")

    named = {"plan": clinician.post(path + "plans/write/", said).json()["id"]}
    approved = lead.post(path + "plans/approve/", named).json()
    assert approved["approved_by"] == str(lead.user.pk)
    (known,) = dispatcher.get(path + "known/").json()["plans"]
    assert (known["text"], known["author"], known["approved"]) == ("", "", True)
    (read,) = clinician.get(path + "known/").json()["plans"]
    assert read["text"] == "Speak slowly."

    ended = clinician.post(path + "plans/end/", named | {"reason": "person_asks"})
    assert ended.json()["why"] == "person_asks"
    assert clinician.get(path + "known/").json()["plans"] == []


def test_history_over_the_api_is_what_the_page_shows_and_is_recorded(centre):
    clinician, dispatcher = as_(centre, "clinician"), as_(centre, "dispatcher")
    first = makers.a_call(centre, **WHO)
    intake.add_note(call_id=first.pk, text="Said quietly", by=CLOCK)
    call = makers.a_call(centre, **WHO)

    told = clinician.get(f"calls/{call.pk}/known/").json()
    plain = dispatcher.get(f"calls/{call.pk}/known/").json()

    assert [(one["subject"], one["count"]) for one in told["before"]] == [
        ("number", 1),
        ("place", 1),
        ("person", 1),
    ]
    assert {one["notes"] for one in told["before"]} == {1}
    assert {one["notes"] for one in plain["before"]} == {0}
    assert not told["familiar"]
    looked = AccessRecord.objects.filter(call=call, reason="known_here")
    assert {one.user_id for one in looked} == {clinician.user.pk, dispatcher.user.pk}


@pytest.mark.parametrize("verb", ["approve", "end"])
def test_a_plan_of_somebody_else_is_not_reached_by_a_call_of_ones_own(centre, verb):
    lead, clinician = as_(centre, "supervisor"), as_(centre, "clinician")
    own = makers.a_call(centre, **WHO)
    other = makers.a_call(centre, caller_kind="person", name="Bo Carr", phone="")
    row = plan.write(
        call_id=other.pk, subject="person", text="Hers", by=makers.by(clinician.user)
    )
    said = {"plan": str(row.pk)} | ({"reason": "other"} if verb == "end" else {})

    refused = lead.post(f"calls/{own.pk}/plans/{verb}/", said)

    assert refused.status_code == 404
    row = Plan.objects.get(pk=row.pk)
    assert (row.approved_at, row.ended_at) == (None, None)


def test_what_is_raised_over_the_api_holds_at_once(centre, dispatcher):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    ring = makers.ringing(call, "crt")

    send(
        dispatcher,
        call,
        "cautions/raise",
        {"subject": "place", "code": "violence_before", "hazard": True},
    )

    assert makers.fresh(call).hazard
    assert makers.fresh(ring).state == "withdrawn"
    by = makers.by(dispatcher.user)
    assert flag.Flag.objects.get().author_id == by.id
