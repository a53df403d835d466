"""What a dispatcher types and sends on the pages of a call, and what then stands there."""

import re
from uuid import uuid4

from dispatch.selectors import fields
from tests import makers


def typed(**known):
    """What a dispatcher has typed: every safety question answered no."""
    said = {
        **fields.blank(),
        "type": "mental_health_crisis",
        "caller_kind": "person",
        "address": "1012 W Main St",
        "location_verified": "yes",
        "inside": "yes",
        "phone": "919-555-0142",
        **makers.SAFE,
        "key": str(uuid4()),
    }
    return said | known


def sent(call, /, **known):
    """The same from the triage page of an open call, as that page now stands."""
    call = makers.fresh(call)
    return typed(seen=call.version, **{**fields.stored(call), **known})


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
