"""A small copy of the project's packages, to see that each contract can be broken."""

from pathlib import Path

# The least that the contracts name, with nothing in it.
EMPTY = (
    "heart/__init__.py",
    "dispatch/__init__.py",
    "dispatch/states.py",
    "dispatch/events/__init__.py",
    "dispatch/errors.py",
    "dispatch/facts.py",
    "dispatch/journal.py",
    "dispatch/models/__init__.py",
    "dispatch/actions/__init__.py",
    "dispatch/selectors/__init__.py",
    "dispatch/migrations/__init__.py",
    "routing/__init__.py",
    "routing/models.py",
    "routing/store.py",
    "routing/migrations/__init__.py",
    "routing/core/__init__.py",
    "routing/core/facts.py",
    "routing/core/decide.py",
)
# Contract, file, line: what each must catch.
BREACHES = (
    ("The project wires dispatch", "routing/store.py", "import dispatch.errors"),
    ("Inside dispatch", "dispatch/actions/offer.py", "import dispatch.selectors"),
    ("Inside routing", "routing/core/facts.py", "import routing.store"),
    ("The core decides", "routing/core/facts.py", "import routing.core.decide"),
    ("Words and decisions", "dispatch/states.py", "import django.db"),
    ("A migration is a fossil", "dispatch/migrations/a.py", "import dispatch.models"),
    ("Only edges speak", "dispatch/selectors/board.py", "import rest_framework"),
)
UNPLACED = ("Inside dispatch", "dispatch/services.py", "x = 1")


def build(folder: Path, *lines: tuple[str, str]) -> Path:
    """The empty packages, and these lines in these files."""
    for path in (*EMPTY, *(path for path, _line in lines)):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
    for path, line in lines:
        with (folder / path).open("a") as file:
            file.write(f"{line}\n")
    return folder
