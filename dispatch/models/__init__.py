"""The tables, in path order."""

from dispatch.models.alarm import Alarm
from dispatch.models.call import Call, Caller, CallNote, CallNumber
from dispatch.models.contact import Contact
from dispatch.models.decision import Decision
from dispatch.models.disposition import Disposition
from dispatch.models.event import AccessRecord, AccessSeal, Event, Feed, WriteKey
from dispatch.models.flag import Flag, Plan
from dispatch.models.followup import FollowUp, FollowUpAttempt
from dispatch.models.integration import SourceWording
from dispatch.models.loan import Loan
from dispatch.models.offer import Assignment, Offer, Seat
from dispatch.models.partner import Partner, PartnerKey
from dispatch.models.roster import PlannedShift, ShiftSwap, Skill
from dispatch.models.staff import Agency, Heartbeat, Presence, Role, Session, User
from dispatch.models.transfer import HandOff, Transfer
from dispatch.models.triage import Answer
from dispatch.models.unit import PositionKey, Shift, Unit, UnitPosition

__all__ = [
    "AccessRecord",
    "AccessSeal",
    "Agency",
    "Alarm",
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
    "Flag",
    "FollowUp",
    "FollowUpAttempt",
    "HandOff",
    "Heartbeat",
    "Loan",
    "Offer",
    "Partner",
    "PartnerKey",
    "Plan",
    "PlannedShift",
    "PositionKey",
    "Presence",
    "Role",
    "Seat",
    "Session",
    "Shift",
    "ShiftSwap",
    "Skill",
    "SourceWording",
    "Transfer",
    "Unit",
    "UnitPosition",
    "User",
    "WriteKey",
]
