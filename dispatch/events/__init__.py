"""The catalogue of what can happen: past tense, frozen, small.

A body holds ids, codes and the facts that justified the step, never a caller's
words, number or address. ``changes_call`` says whether the step makes an older
look at the call stale.
"""

from dispatch.events.alarm import *
from dispatch.events.body import CLOCK as CLOCK
from dispatch.events.body import ROUTER as ROUTER
from dispatch.events.body import TELEPHONE as TELEPHONE
from dispatch.events.body import Actor as Actor
from dispatch.events.body import EventBody as EventBody
from dispatch.events.body import beside as beside
from dispatch.events.contact import *
from dispatch.events.decision import *
from dispatch.events.disposition import *
from dispatch.events.flag import *
from dispatch.events.followup import *
from dispatch.events.intake import *
from dispatch.events.integration import *
from dispatch.events.offer import *
from dispatch.events.staff import *
from dispatch.events.transfer import *
from dispatch.events.triage import *
from dispatch.events.unit import *
