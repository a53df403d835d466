"""The tables, in path order."""

from dispatch.models.call import Call, Caller, CallNote, CallNumber, Contact
from dispatch.models.decision import Decision
from dispatch.models.disposition import Disposition
from dispatch.models.event import AccessRecord, AccessSeal, Event, Feed, WriteKey
from dispatch.models.followup import FollowUp, FollowUpAttempt
from dispatch.models.integration import SourceWording
from dispatch.models.offer import Assignment, Offer, Seat, Transfer
from dispatch.models.staff import Agency, Heartbeat, Presence, Role, Session, User
from dispatch.models.triage import Answer
from dispatch.models.unit import Shift, Unit, UnitPosition

__all__ = [
    "AccessRecord",
    "AccessSeal",
    "Agency",
    "Answer",
    "Assignment",
    "Call",
    "CallNote",
    "CallNumber",
    "Caller",
    "Contact",
    "Decision",
    "Disposition",
    "Event",
    "Feed",
    "FollowUp",
    "FollowUpAttempt",
    "Heartbeat",
    "Offer",
    "Presence",
    "Role",
    "Seat",
    "Session",
    "Shift",
    "SourceWording",
    "Transfer",
    "Unit",
    "UnitPosition",
    "User",
    "WriteKey",
]
