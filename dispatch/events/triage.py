"""What is said at triage: answers, and that nothing more is to be asked."""

from dataclasses import dataclass

from dispatch.events.body import EventBody


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersRecorded(EventBody):
    answers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTriaged(EventBody):
    open_questions: tuple[str, ...] = ()
