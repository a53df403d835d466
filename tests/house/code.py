"""Rules of the Python files: writes, states, names, docstrings, sleeping, lengths."""

import ast
import re
from collections.abc import Iterator

from tests.house.files import CODE, File, Rule
from tests.house.lengths import too_long

WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create"}
WRITES |= {"update_or_create", "update", "delete"}
WRITES |= {f"a{name}" for name in WRITES}
BY_HAND = {"add", "write", "keep"}
RAW = re.compile(
    r"\s*(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|TRUNCATE)\b", re.I
)
# Where rows may be written; access writes its own table and no other.
WRITERS = ("dispatch/actions", "dispatch/journal.py", "routing/store.py")
WRITERS = (*WRITERS, "dispatch/quick.py")
WRITERS = (*WRITERS, "dispatch/migrations", "routing/migrations")
WRITERS = (*WRITERS, "dispatch/management/commands/grant_runtime.py")
OWN_TABLE = {"dispatch/access/look.py": "quick"}

FORBIDDEN = {"util", "utils", "utilities", "helper", "helpers", "common", "misc"}
FORBIDDEN |= {"manager", "handler", "service", "services", "incident", "job"}
FORBIDDEN |= {"ticket", "case", "resource"}
# Terms of the field: a call for service, a unit in or out of service.
TERM = re.compile(r"(for|in|of)_?service", re.I)
REFUSAL = re.compile(r"\b(Invalid|FloorForbids|DispatchError)$")
IDLE_WORDS = re.compile(r"\b(module|contains|utilities)\b", re.I)


def writes(file: File) -> Iterator[str]:
    """Rows are written in actions, by the journal, the store, and nowhere else."""
    if not file.within(*CODE) or not file.path.endswith(".py"):
        return
    if file.within(*WRITERS):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and _writes_rows(node, OWN_TABLE.get(file.path)):
            yield f"{node.lineno}: {ast.unparse(node.func)}(...) writes"
        if isinstance(node, ast.Constant) and _is_raw_write(node.value):
            yield f"{node.lineno}: SQL that writes"


def _writes_rows(call: ast.Call, own_table: str | None) -> bool:
    func = call.func
    if not isinstance(func, ast.Attribute):
        return False
    if ast.unparse(func.value) == "quick" and func.attr in BY_HAND:
        return own_table is None
    if func.attr not in WRITES:
        return False
    # A dictionary, a set, a hash and a cache are told what by position; rows never are.
    if func.attr.removeprefix("a") in {"update", "delete"} and call.args:
        return False
    return own_table is None or ast.unparse(func.value) != own_table


def _is_raw_write(value: object) -> bool:
    return isinstance(value, str) and RAW.match(value) is not None


def state_moves(file: File) -> Iterator[str]:
    """`.state` changes on one line of the project: in move(), which asks the table."""
    if not file.path.endswith(".py") or "/migrations/" in file.path:
        return
    for node in ast.walk(file.tree):
        if file.path == "dispatch/actions/base.py" and _is_move(node):
            continue
        if _assigns_state(node):
            yield f"{node.lineno}: .state is assigned"
        if _updates_state(node) and not file.within("routing/store.py", "tests"):
            yield f"{node.lineno}: a queryset changes state"


def _is_move(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node) == "row.state = to.value"


def _assigns_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return node.attr == "state" and ast.unparse(node) != "row.state"
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(ast.unparse(target) == "row.state" for target in targets)
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "setattr"
        and ast.unparse(node.args[1]) == "'state'"
    )


def _updates_state(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"update", "aupdate"}
        and any(keyword.arg == "state" for keyword in node.keywords)
    )


def hidden_imports(file: File) -> Iterator[str]:
    """An import inside a function is a circle with a curtain in front."""
    if not file.path.endswith(".py") or file.path == "manage.py":
        return
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                yield f"{inner.lineno}: {ast.unparse(inner)}"


def opening(file: File) -> Iterator[str]:
    """Every file opens with a sentence that says what the room is for."""
    if file.path.endswith(".py"):
        if "/migrations/" in file.path:
            return
        said = ast.get_docstring(file.tree) or ""
    elif file.path.endswith((".js", ".mjs", ".css")):
        said = file.text.lstrip("/* ").split("\n\n")[0].splitlines()[0].rstrip("*/ ")
        if not file.text.startswith(("//", "/*")):
            said = ""
    else:
        return
    first = said.split("\n\n")[0]
    if not first.endswith("."):
        yield "1: does not open with a sentence"
    if found := IDLE_WORDS.search(first):
        yield f"1: opens with the idle word {found[0]!r}"


def names(file: File) -> Iterator[str]:
    """No name that says nothing, and none that means another thing here."""
    if file.path.endswith((".py", ".js")):
        stem = file.path.rsplit("/", 1)[-1].split(".")[0]
        if _words(stem) & FORBIDDEN:
            yield f"1: the file is called {stem}"
    if not file.path.endswith(".py"):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ClassDef) and _words(node.name) & FORBIDDEN:
            yield f"{node.lineno}: class {node.name}"


def _words(name: str) -> set[str]:
    name = TERM.sub("", name)
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)}


def sleeping(file: File) -> Iterator[str]:
    """No test sleeps: it waits for what it wants to see. What starts processes may poll."""
    if not file.within("tests") or file.within("tests/stack.py", "tests/bench"):
        return
    if not file.path.endswith(".py"):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            if any(name.name == "sleep" for name in node.names):
                yield f"{node.lineno}: imports sleep"
        elif isinstance(node, ast.Call) and _sleeps(ast.unparse(node.func)):
            yield f"{node.lineno}: {ast.unparse(node.func)}"


def _sleeps(function: str) -> bool:
    return function == "time.sleep" or function.endswith(".wait_for_timeout")


def migration_names(file: File) -> Iterator[str]:
    """A migration is named for what it does."""
    if "/migrations/" in file.path and "_auto_" in file.path:
        yield "1: a migration with an automatic name"


def unmarked(file: File) -> Iterator[str]:
    """What a person is refused with is marked, so that it can be said in their language."""
    if not file.within("dispatch") or not file.path.endswith(".py"):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "sentence":
            said = [node.value]
        elif isinstance(node, ast.Call) and REFUSAL.search(ast.unparse(node.func)):
            said = [
                *node.args,
                *(one.value for one in node.keywords if one.arg == "why"),
            ]
        else:
            continue
        if any(isinstance(one, ast.Constant | ast.JoinedStr) for one in said):
            yield f"{node.lineno}: {ast.unparse(node)}"


def _bad(path: str, text: str) -> File:
    return File(path=path, text=text)


PAGE, SELECTOR = "dispatch/web/call.py", "dispatch/selectors/call.py"
RULES = (
    Rule(
        says="rows are written only in actions, journal and store",
        find=writes,
        bad=(
            _bad(PAGE, "call.save()"),
            _bad(PAGE, "Call.objects.filter(pk=1).update(priority=1)"),
            _bad(SELECTOR, "Note.objects.bulk_create(rows)"),
            _bad("dispatch/tasks.py", "await Call.objects.acreate(number=1)"),
            _bad("dispatch/hub.py", 'cursor.execute("UPDATE dispatch_call SET x = 1")'),
            _bad("dispatch/facts.py", 'cursor.execute(f"truncate {table}")'),
            _bad("dispatch/access/look.py", "Call.objects.create(number=1)"),
            _bad("dispatch/api/calls.py", "call.delete()"),
            _bad(PAGE, "quick.write(call, {'priority': 1})"),
            _bad(SELECTOR, "quick.add(note)"),
        ),
        good=(
            _bad("dispatch/actions/intake.py", "call.save()"),
            _bad("dispatch/access/look.py", "quick.add(seen)"),
            _bad(PAGE, "quick.find(Call, id=pk)"),
            _bad(PAGE, "shown.update(extra)\ncache.delete('key')"),
            _bad("dispatch/hub.py", 'sql = "SELECT number FROM dispatch_feed"'),
        ),
    ),
    Rule(
        says="a state changes on one line of the project",
        find=state_moves,
        bad=(
            _bad("dispatch/actions/offer.py", "offer.state = 'accepted'"),
            _bad("dispatch/actions/offer.py", "row.state = to"),
            _bad("dispatch/actions/base.py", "offer.state = to.value"),
            _bad("dispatch/actions/offer.py", "one, offer.state = 1, 'accepted'"),
            _bad("dispatch/actions/offer.py", "setattr(offer, 'state', to)"),
            _bad("dispatch/actions/offer.py", "offers.update(state='expired')"),
            _bad("tests/actions/test_offer.py", "offer.state = 'accepted'"),
        ),
        good=(
            _bad("dispatch/actions/base.py", "row.state = to.value"),
            _bad("dispatch/actions/seat.py", "Seat.objects.create(state='open')"),
            _bad(SELECTOR, "known = offer.state == 'pending'"),
        ),
    ),
    Rule(
        says="no import hides in a function",
        find=hidden_imports,
        bad=(
            _bad(PAGE, "def page():\n    import os  # noqa: PLC0415"),
            _bad(PAGE, "async def page():\n    from dispatch import hub"),
        ),
        good=(_bad("manage.py", "def main():\n    import django"),),
    ),
    Rule(
        says="every file opens with a sentence",
        find=opening,
        bad=(
            _bad(PAGE, "import os\n"),
            _bad(PAGE, '"""This module contains the call page."""'),
            _bad(PAGE, '"""The call page"""'),
            _bad("static/js/board.js", "const a = 1;\n"),
            _bad("static/css/board.css", ".board { color: red; }\n"),
        ),
        good=(
            _bad(PAGE, '"""One call, all of it on a page."""'),
            _bad("static/js/board.js", "// The board.\n\nconst a = 1;\n"),
            _bad("static/css/board.css", "/* The board. */\n.board { top: 0; }\n"),
        ),
    ),
    Rule(
        says="no name says nothing",
        find=names,
        bad=(
            _bad("dispatch/utils.py", ""),
            _bad("dispatch/offer_helpers.py", ""),
            _bad("static/js/common.js", ""),
            _bad(PAGE, "class OfferManager:\n    pass"),
            _bad(PAGE, "class RoutingService:\n    pass"),
        ),
        good=(
            _bad("dispatch/management/whom.py", "class Command:\n    pass"),
            _bad("dispatch/events/unit.py", "class UnitOutOfService:\n    pass"),
        ),
    ),
    Rule(
        says="no test sleeps",
        find=sleeping,
        bad=(
            _bad("tests/race/test_offer.py", "import time\ntime.sleep(1)"),
            _bad("tests/race/test_offer.py", "from time import sleep"),
            _bad("tests/browser/test_story.py", "page.wait_for_timeout(500)"),
        ),
        good=(_bad("tests/stack.py", "import time\ntime.sleep(0.1)"),),
    ),
    Rule(
        says="a refusal is marked for translation",
        find=unmarked,
        bad=(
            _bad(
                "dispatch/actions/offer.py", "raise Invalid(field='x', why='say why')"
            ),
            _bad(PAGE, "raise errors.Invalid(field='x', why=f'{who} is busy')"),
            _bad(PAGE, "raise Invalid('%(who)s is busy', who=who)"),
            _bad(
                "dispatch/errors.py", "class Busy(DispatchError):\n    sentence = 'B'"
            ),
        ),
        good=(
            _bad(PAGE, "raise Invalid(_('%(who)s is busy'), field='x', who=who)"),
            _bad(SELECTOR, "raise Invalid(field=error.key, why=error.sentence)"),
            _bad("dispatch/errors.py", "class Busy(DispatchError):\n    code = 'busy'"),
        ),
    ),
    Rule(
        says="a migration is named for what it does",
        find=migration_names,
        bad=(_bad("dispatch/migrations/0004_auto_20260301_1200.py", ""),),
        good=(_bad("dispatch/migrations/0004_offer_expires_at.py", ""),),
    ),
    Rule(
        says="no file is over twice its target",
        find=too_long,
        bad=(
            _bad("dispatch/actions/offer.py", "x = 1\n" * 401),
            _bad("dispatch/web/new.py", "x = 1\n" * 401),
            _bad("tests/edges/test_new.py", "x = 1\n" * 501),
            _bad("templates/call/_offer.html", "<p></p>\n" * 81),
        ),
        good=(
            _bad("dispatch/actions/offer.py", "x = 1\n" * 400),
            _bad("dispatch/migrations/0002_calls.py", "x = 1\n" * 2000),
            _bad("requirements.lock", "x\n" * 2000),
        ),
    ),
)
