"""The only door from a user to a row: who may see and do what.

The policy is a table, verb by role. A read of somebody's data leaves an
AccessRecord; the clock seals those records into the journal's chain. Everybody
asks here; what stands behind the door is named by the station it is about.
"""

from dispatch.access.call import alarm_for as alarm_for
from dispatch.access.call import call_for as call_for
from dispatch.access.call import contact_for as contact_for
from dispatch.access.call import flag_for as flag_for
from dispatch.access.call import followup_for as followup_for
from dispatch.access.call import plan_about as plan_about
from dispatch.access.call import plan_for as plan_for
from dispatch.access.call import read_as_crew as read_as_crew
from dispatch.access.call import read_call as read_call
from dispatch.access.call import seat_for as seat_for
from dispatch.access.call import transfer_for as transfer_for
from dispatch.access.call import visible_alarms as visible_alarms
from dispatch.access.call import visible_calls as visible_calls
from dispatch.access.loan import lent_calls as lent_calls
from dispatch.access.loan import loan_to as loan_to
from dispatch.access.loan import loans_to as loans_to
from dispatch.access.loan import own_loan as own_loan
from dispatch.access.loan import read_loans as read_loans
from dispatch.access.look import actor as actor
from dispatch.access.look import record as record
from dispatch.access.look import screen_lock as screen_lock
from dispatch.access.offer import assignment_for as assignment_for
from dispatch.access.offer import offer_for as offer_for
from dispatch.access.offer import offers_of as offers_of
from dispatch.access.policy import CLINICAL as CLINICAL
from dispatch.access.policy import POLICY as POLICY
from dispatch.access.policy import WALL as WALL
from dispatch.access.policy import may as may
from dispatch.access.policy import require as require
from dispatch.access.policy import role_of as role_of
from dispatch.access.staff import colleague as colleague
from dispatch.access.staff import partner_for as partner_for
from dispatch.access.staff import shift_for as shift_for
from dispatch.access.staff import swap_for as swap_for
from dispatch.access.staff import wording_for as wording_for
from dispatch.access.unit import joinable_unit as joinable_unit
from dispatch.access.unit import unit_for as unit_for
from dispatch.access.unit import unit_in_need as unit_in_need
from dispatch.access.unit import unit_of_key as unit_of_key
from dispatch.access.unit import unit_watched as unit_watched
