"""Whether a clock goes round: one leads, and nothing that was due is left lying."""

from django.db import connection

LEADER = 0x4845415254  # the advisory lock that the leading clock holds
LATE = 5  # seconds after its deadline that an offer may still be pending
# A leader that falls silent loses its session and the lock with it: whoever holds it
# went round a few seconds ago at most.
ROUND = """
SELECT
  EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND (classid::bigint << 32) + objid::bigint = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
  (SELECT count(*) FROM dispatch_offer WHERE state = 'pending'
    AND expires_at < statement_timestamp() - make_interval(secs => %s))
"""


def fault() -> str:
    """What is wrong with the clocks, for an operator; empty if one goes round."""
    with connection.cursor() as cursor:
        cursor.execute(ROUND, [LEADER, LATE])
        leads, late = cursor.fetchone()
    if not leads:
        return "no clock leads"
    return f"{late} offers are over their time" if late else ""
