"""The table of docs/replay.md, counted anew: ``python -m tests.core.alike_figures``."""

import sys

from tests.core import accounts, made_accounts


def lines():
    """Each row of the table: its name and its score."""
    for part in ("first", "held"):
        for found in (accounts.offered, accounts.linked):
            score = accounts.scored(accounts.labelled(part), found)
            yield f"real, {part} part, {found.__name__}", score
    events = {
        row["call_id"]: row["event"]
        for row in accounts.rows(accounts.HERE / "window.csv")
    }
    calls = accounts.recorded()
    together = accounts.replayed([calls[one] for one in events])
    yield "real, every two of the window", accounts.scored_together(together, events)
    pairs = [pair[:3] for pair in made_accounts.pairs()]
    yield "constructed pairs, linked", accounts.scored(pairs, accounts.linked)
    hour = made_accounts.hour()
    event = {one.id: event for one, event in hour.items()}
    together = accounts.replayed(hour)
    yield "constructed hour, every two", accounts.scored_together(together, event)


def main():
    for name, one in lines():
        rates = f"{one.precision:.3f} {one.recall:.3f}"
        sys.stdout.write(f"{name}: {one.tp} {one.fp} {one.fn} {rates}\n")


if __name__ == "__main__":
    main()
