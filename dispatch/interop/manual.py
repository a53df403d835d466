"""The desk phone: nothing is sent, a person does it, the console records the legs."""

from dispatch.interop.legs import Leg, Placed

BY_HAND = Placed(by_hand=True)


class Manual:
    """Answers every verb at once: by hand."""

    def dial(self, leg: Leg) -> Placed:
        return BY_HAND

    def join(self, leg: Leg) -> Placed:
        return BY_HAND

    def hold(self, leg: Leg) -> Placed:
        return BY_HAND

    def resume(self, leg: Leg) -> Placed:
        return BY_HAND

    def leave(self, leg: Leg) -> Placed:
        return BY_HAND

    def hang_up(self, leg: Leg) -> Placed:
        return BY_HAND
