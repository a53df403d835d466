"""Who is free: the one place that says it, in SQL that others build into theirs.

Named parameters: ``agency``, ``fresh`` (heard of since then), ``capacity`` (calls that
one clinician may hold), ``missed`` (so many second rings in a row left unanswered, and
whoever has a caller hears no more), ``rostered`` (whether only a planned shift makes one free),
``asked`` (who let a call ring or declined it since then is not rung for it again).
"""

from dispatch.states import EARLY_SIGN_IN

# That the person of a presence p is on a shift: from so long before it that one may sign
# in, until it ends, and not at its end itself.
ON_SHIFT = f"""EXISTS (
      SELECT FROM dispatch_plannedshift shift
      WHERE shift.user_id = p.user_id AND shift.dropped_at IS NULL
      AND clock_timestamp() >= shift.starts_at
        - interval '{EARLY_SIGN_IN.total_seconds():.0f} seconds'
      AND clock_timestamp() < shift.ends_at)"""
# A presence p with its heartbeat h: there, in time, with room for one more call. Whom
# an offer still rings for is none of these, and nobody holds two where one is the limit.
PERSON = f"""
    h.at > %(fresh)s
    AND (p.state = 'available' OR p.state = 'engaged'
      AND p.missed < %(missed)s AND %(capacity)s > (
      SELECT count(*) FROM dispatch_assignment held
      WHERE held.person_id = p.user_id AND held.ended_at IS NULL))
    AND (NOT %(rostered)s OR {ON_SHIFT})
    AND NOT EXISTS (
      SELECT FROM dispatch_offer ring
      WHERE ring.person_id = p.user_id AND ring.state = 'pending')
"""  # noqa: S608  our own words
# A unit n that answers. A crew that called for help is not counted on, whatever its
# state; nor is one that let so many orders in a row lapse: nobody may be there.
ANSWERS = "n.emergency_at IS NULL AND n.missed < %(missed)s"
UNIT = f"n.state = 'available' AND {ANSWERS}"


def not_asked(who: str, call: str, kind: str) -> str:
    """That this call did not ask them in vain lately, for whichever seat of this kind.

    ``who`` says in SQL that the offer o is theirs; ``call`` and ``kind`` are SQL too.
    """
    return f"""NOT EXISTS (
      SELECT FROM dispatch_seat sought JOIN dispatch_offer o ON o.seat_id = sought.id
      WHERE sought.call_id = {call} AND sought.response = {kind} AND {who}
        AND o.state IN ('declined', 'expired') AND o.ended_at > %(asked)s)"""
