"""One call on the scales: what the floor holds back, what can be had, who goes."""

from collections.abc import Iterable

from routing.core import floor, table
from routing.core.facts import HEART, UNARMED, CallFacts, Mode, Response
from routing.core.floor import Finding
from routing.core.protocol import Beside, Protocol, Row


class Weighing:
    """Built for one decision and thrown away: `sent` fills in the order of the rules."""

    def __init__(self, call: CallFacts, protocol: Protocol) -> None:
        self.call = call
        self.protocol = protocol
        behavioural = table.behavioural(call, protocol)
        self.floor = floor.findings(call, behavioural=behavioural)
        self.row = table.match(call, protocol)
        self.missing = table.unavailable(call, protocol)
        self.barred = self.bars()
        self.staged = frozenset().union(
            *(found.stages | found.cautions for found in self.floor)
        )
        self.cautioned = any(found.cautions for found in self.floor)
        self.sent: dict[Response, Mode] = {}
        self.passed_over: list[Response] = []
        self.stand_ins: list[Response] = []
        self.row_speaks = False

    def bars(self) -> dict[Response, tuple[str, ...]]:
        """Each kind that a rule holds back, with the codes."""
        barred: dict[Response, list[str]] = {}
        permitted = self.permits_not_known()
        for found in self.floor:
            kinds = found.excludes if permitted else found.excludes | found.cautions
            for kind in kinds:
                barred.setdefault(kind, []).append(found.code)
        return {kind: tuple(codes) for kind, codes in barred.items()}

    def permits_not_known(self) -> bool:
        """Whether the agency's row lets an unarmed team go to an answer not known."""
        if self.row is None or self.row.when_not_known is None:
            return False
        wanted = [one for one in self.row.when_not_known if self.wants(one)]
        return all(self.missing.keys().isdisjoint(one.kinds[:1]) for one in wanted)

    def wants(self, beside: Beside) -> bool:
        return table.holds(self.call, beside.when)

    def can_go(self, kind: Response) -> bool:
        return kind not in self.barred and kind not in self.missing

    def send(self, kind: Response, mode: Mode) -> None:
        """Add one response; the first word about a kind stands."""
        self.sent.setdefault(kind, self.careful(kind, mode))

    def careful(self, kind: Response, mode: Mode) -> Mode:
        """The same mode, or staged where a rule says no nearer."""
        if (
            kind == Response.EMS
            and mode == Mode.NOW
            and not floor.known_safe(self.call)
        ):
            return Mode.STAGED
        if kind not in self.staged:
            return mode
        # Then is later still: the call is decided anew before anyone moves.
        return mode if mode == Mode.THEN and not self.cautioned else Mode.STAGED

    def send_first(self, kinds: Iterable[Response], mode: Mode) -> Response | None:
        """Send the first that can go; None when none can. One already going is enough."""
        wanted = tuple(kinds)
        if any(kind in self.sent for kind in wanted):
            return next(kind for kind in wanted if kind in self.sent)
        for kind in wanted:
            if self.can_go(kind):
                self.send(kind, mode)
                if kind != wanted[0]:
                    self.stand_ins.append(kind)
                return kind
            self.passed_over.append(kind)
        return None

    def apply_floor(self) -> Finding | None:
        """Send all that the floor requires; the finding that decided, if any."""
        for found in self.floor:
            for demand in found.requires:
                self.require(demand)
        for found in self.floor:
            for kind in found.beside:
                self.join_by_phone(kind)
        return next((found for found in self.floor if found.requires), None)

    def require(self, demand: floor.Demand) -> None:
        """What the floor requires goes, and goes even where nobody counts it."""
        if demand.instead is None or demand.response not in self.missing:
            self.send(demand.response, demand.mode)
            return
        self.passed_over.append(demand.response)
        self.send_otherwise(demand.instead)
        self.join_by_phone(Response.CCD)

    def join_by_phone(self, kind: Response) -> None:
        if self.can_go(kind):
            self.send(kind, Mode.PHONE)

    def apply_row(self, row: Row) -> Response | None:
        """Send what the row says; the kind of its own that goes, if any."""
        self.row_speaks = True
        chosen = self.send_first(row.responses, Mode.NOW)
        if chosen is None:
            self.send_otherwise(row.otherwise or self.protocol.fallback)
        for beside in row.also:
            if self.wants(beside):
                self.send_first(beside.kinds, beside.mode)
        self.apply_not_known(row)
        return chosen

    def send_otherwise(self, kind: Response) -> None:
        """The last word may be a clinician not yet free: then the call waits for one."""
        absent = kind in self.missing and kind not in HEART
        spare = Response.POLICE if absent else kind
        self.send(spare, Mode.NOW)
        if self.passed_over:
            self.stand_ins.append(spare)

    def apply_not_known(self, row: Row) -> None:
        """What must go along where an unarmed team goes to an answer not known."""
        unarmed = any(kind in self.sent for kind in UNARMED)
        if self.cautioned and unarmed:
            for beside in row.when_not_known or ():
                if self.wants(beside):
                    self.send_first(beside.kinds, beside.mode)

    def keep_ems(self, row: Row) -> None:
        """A further danger never takes away the EMS that the row would have sent."""
        for beside in row.also:
            if beside.kinds == (Response.EMS,) and self.wants(beside):
                self.row_speaks = self.row_speaks or Response.EMS not in self.sent
                self.send_first(beside.kinds, beside.mode)

    def follow_ems(self, row: Row) -> None:
        """A community team goes along behind EMS where the floor lets it."""
        kinds = {*row.responses, *(kind for one in row.also for kind in one.kinds)}
        if Response.CRT in kinds:
            going = self.send_first((Response.CRT,), Mode.STAGED)
            self.row_speaks = self.row_speaks or going is not None
            self.apply_not_known(row)

    def stand_beside(self, row: Row) -> None:
        """What the row may add where the floor has decided."""
        self.keep_ems(row)
        if {found.rule for found in self.floor if found.requires} == {"S1"}:
            self.follow_ems(row)

    def held_by_questions(self, row: Row) -> bool:
        """Whether a team could go, were it not for a question nobody has asked."""
        asking = {found.code for found in self.floor if found.asks is not None}
        held = (kind for kind in row.responses if kind in HEART)
        return any(
            kind not in self.missing and asking.issuperset(self.barred.get(kind, ("",)))
            for kind in held
        )
