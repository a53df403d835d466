"""The codes that the forms of a call offer, with their words."""

from dispatch.actions import callback, callers, contact, flag, handoff, scene
from dispatch.actions.required import ANSWERED_FOR
from dispatch.selectors import decision as spoken
from dispatch.selectors import sentences, words
from dispatch.selectors import transfer as transfers
from dispatch.web.base import ASK_WHY

ASK_FOR = ("crt", "cor", "ems", "police", "cit", "fire", "ccd", "cn", "988")
SET_ASIDE_WHY = ("caller_cancelled", "opened_by_mistake", "test_call", "other")
RETURN_WHY = ("outside_heart", "no_unit", "other")
REOPEN_WHY = ("new_information", "called_again", "closed_by_mistake", "other")
MOVE_WHY = (scene.MORE_URGENT, "nearer", "other")
RELEASE_WHY = ("not_needed", "scene_safe", "other")
# Two of them answer for help that a safety rule asks for: actions.required.
WITHDRAW_WHY = ("not_needed", "not_safe", "another_unit", *ANSWERED_FOR, "other")

# What a partner may read, as the form first shows it; notes only where a person says so.
TICKED = tuple(code for code in transfers.SHARED if code != "notes")


def choices() -> dict[str, object]:
    """The codes a form offers, with their words."""

    def pairs(codes: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(code, spoken.word(sentences.REASONS, code)) for code in codes]

    return {
        "override_reasons": list(spoken.OVERRIDE_REASONS.items()),
        "ask_for": [(code, words.response(code)) for code in ASK_FOR],
        "ask_why": pairs(ASK_WHY),
        "set_aside_why": pairs(SET_ASIDE_WHY),
        "return_why": pairs(RETURN_WHY),
        "reopen_why": pairs(REOPEN_WHY),
        "unlink_why": pairs(callers.UNLINK_WHY),
        "flag_codes": pairs(flag.CODES),
        "flag_subjects": [
            (code, str(sentences.SUBJECTS[code])) for code in flag.SUBJECTS
        ],
        "withdraw_why": pairs(WITHDRAW_WHY),
        "move_why": pairs(MOVE_WHY),
        "release_why": pairs(RELEASE_WHY),
        "stop_why": pairs(callback.STOP_WHY),
        "hang_up_why": pairs(contact.HANG_UP_WHY),
        "outcomes": [(code, str(label)) for code, label in sentences.OUTCOMES.items()],
        "decline_why": pairs(handoff.DECLINE_WHY),
        "travels": list(transfers.SHARED.items()),
        "agreed": list(transfers.AGREED_WORDS.items()),
        "consents": list(spoken.VALUES.items()),
    }
