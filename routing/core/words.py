"""The words of the decision, a table per language: a new language is a new key."""

from collections.abc import Container, Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "L0.not_verified": "The place is not verified: verify it before any transfer.",
        "S1.attempt": "An attempt is in progress: EMS goes now. No consent is needed.",
        "S1.medical": "Life may be in danger: EMS goes now. No consent is needed.",
        "S1.overdose": "An overdose is reported: EMS goes now. No consent is needed.",
        "S1.in_doubt": "Nobody can yet say that the person wakes and breathes normally:"
        " EMS goes now.",
        "S1.attempt_not_asked": "Ask about a suicide attempt: until then an unarmed team stages.",
        "S1.attempt_not_known": "It is not known whether there was an attempt:"
        " an unarmed team goes no nearer than staged.",
        "S1.medical_not_asked": "Ask whether the person wakes, breathes and is unhurt:"
        " until then an unarmed team stages.",
        "S1.medical_not_known": "The medical state is not known:"
        " an unarmed team goes no nearer than staged.",
        "S2.violence": "Someone is being hurt: police go. No unarmed team goes alone.",
        "S2b.household": "A dispute at home or between partners: police go,"
        " and an advocate is offered.",
        "S2b.household_not_asked": "Ask whether this is a dispute between partners,"
        " family or household, and whether they can speak freely:"
        " until then an unarmed team stages.",
        "S2b.household_not_known": "It is not known whether this is a dispute at home:"
        " an unarmed team goes no nearer than staged.",
        "S3.weapon": "There is a weapon: a clinician and a CIT officer go together.",
        "S4.weapon": "There is a weapon: police go.",
        "S4.crime": "Another crime is happening: police go.",
        "S4.crime_not_asked": "Ask whether another crime is happening:"
        " until then an unarmed team stages.",
        "S4.crime_not_known": "It is not known whether another crime is happening:"
        " an unarmed team goes no nearer than staged.",
        "S5.weapon_not_asked": "Ask about a weapon: no unarmed team goes until then.",
        "S5.weapon_not_known": "It is not known whether there is a weapon:"
        " an unarmed team goes no nearer than staged.",
        "S5.violence_not_asked": "Ask whether anyone is being hurt:"
        " no unarmed team goes until then.",
        "S5.violence_not_known": "It is not known whether anyone is being hurt:"
        " an unarmed team goes no nearer than staged.",
        "S6.threat": "There is a threat: a clinician and a CIT officer go together,"
        " and the supervisor is told.",
        "S6.hazard": "A hazard is known for this place or person: a clinician and"
        " a CIT officer go together, and the supervisor is told.",
        "S6.threat_not_asked": "Ask about threats: until then an unarmed team stages.",
        "S6.threat_not_known": "It is not known whether there are threats:"
        " an unarmed team goes no nearer than staged.",
        "S7.minor_alone": "A young person is alone: the supervisor is told,"
        " and a guardian is sought.",
        "S7.minor_alone_not_asked": "Ask whether the person is under 18 and alone.",
        "T1.agrees_988_not_asked": "Ask whether they agree to be connected to 988.",
        "T1.not_agreed": "Nobody has agreed to be connected to 988.",
        "T2.imminent_not_asked": "Ask 988 whether the risk is imminent.",
        "E1.caller_not_asked": "Ask whether the person is on the line.",
        "F2.familiar": "{responses} responses in 12 months: a plan is worth a look."
        " It lowers no rule.",
        "J1.diversion": "The officer named an offence that may be diverted:"
        " diversion can be offered.",
        "G1.no_unit": "{response}: none is free.",
        "G1.off_hours": "{response}: not at this hour.",
        "G1.out_of_area": "{response}: the place is outside the area.",
        "G1.next": "Next in order: {response}.",
        "staged": " It waits near by until the scene is known to be safe.",
        "fallback.no_type": "Nobody has said yet what is happening:"
        " the answer is what the centre has always sent.",
        "fallback.no_row": "No rule of this agency fits this kind of call:"
        " the answer is what the centre has always sent.",
        "row": "A rule of this agency fits.",
    },
}
RESPONSES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "ccd": "Clinician by phone",
        "crt": "Community Response Team",
        "cor": "Co-Response Team",
        "cn": "Care Navigator",
        "988": "988 Lifeline",
        "ems": "EMS",
        "fire": "Fire",
        "police": "Police",
        "cit": "CIT officer",
    },
}
MODES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "now": "{response}",
        "staged": "{response}, staged",
        "phone": "{response}, on the line",
        "then": "{response}, if someone should go",
    },
}


def of(table: Mapping[str, Mapping[str, str]], language: str) -> Mapping[str, str]:
    """The words of a language, in English where it has none yet."""
    return table[nearest(table, language)]


def nearest(languages: Container[str], language: str) -> str:
    """The language itself, else what it is a kind of (es for es-mx), else English."""
    family = language.partition("-")[0]
    return next((one for one in (language, family) if one in languages), "en")
