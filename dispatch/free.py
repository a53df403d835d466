"""Who is free: the one place that says it, in SQL that others build into theirs.

Named parameters: ``agency``, ``fresh`` (heard of since then), ``capacity`` (calls that
one clinician may hold), ``rostered`` (whether only a planned shift makes one free).
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
    AND (p.state = 'available' OR p.state = 'engaged' AND %(capacity)s > (
      SELECT count(*) FROM dispatch_assignment held
      WHERE held.person_id = p.user_id AND held.ended_at IS NULL))
    AND (NOT %(rostered)s OR p.state = 'engaged' OR {ON_SHIFT})
    AND NOT EXISTS (
      SELECT FROM dispatch_offer ring
      WHERE ring.person_id = p.user_id AND ring.state = 'pending')
"""  # noqa: S608  our own words
# A unit n. A crew that called for help is not free, whatever its state.
UNIT = "n.state = 'available' AND n.emergency_at IS NULL"
