"""The number of a new call: the next of its agency and year, without gaps."""

from datetime import datetime

from dispatch import journal, planned
from dispatch.models import Agency

# The feed is locked in the same breath: whoever waits for a number would wait for the
# feed next, and the shorter an agency's line is held, the more calls it opens a second.
NEXT_NUMBER = """
WITH feed AS MATERIALIZED (
  SELECT agency_id, number, hash FROM dispatch_feed WHERE agency_id = %(agency)s
  FOR NO KEY UPDATE
), next AS (
  INSERT INTO dispatch_callnumber (agency_id, year, last)
  SELECT agency_id, %(year)s, 1 FROM feed
  ON CONFLICT (agency_id, year)
  DO UPDATE SET last = dispatch_callnumber.last + 1 RETURNING last
)
SELECT next.last, feed.number, feed.hash, clock_timestamp() FROM next, feed
"""


def next_number(agency: Agency, at: datetime) -> str:
    """The next of this agency and year, without gaps: a rolled-back call gives it back."""
    year = at.astimezone(agency.zone).year
    values = {"agency": agency.pk, "year": year}
    last, number, head, at_feed = planned.ask(NEXT_NUMBER, values)[0]
    journal.hold(agency.pk, number, head, at_feed)
    return f"{year % 100:02d}-{last:06d}"
