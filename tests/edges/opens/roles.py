"""The roles by their letter, and the groups of them that open the same things."""

from dispatch.models import Role

ALL = set(Role)
D, C, R = Role.DISPATCHER, Role.CLINICIAN, Role.RESPONDER
N, S, A, W = Role.NAVIGATOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.WALLBOARD
FLOOR = {D, S}
DESK = {D, C, S}
READERS = {D, C, R, N, S}
ANYBODY = "anybody, signed in or not"
