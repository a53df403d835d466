"""Rules of texts and of the whole: leftovers, hosts, machine paths, documents, settings."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from tests.house.files import File, Rule

# No word is spelt out here, or this file would break its own rules.
LEFTOVER = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root)/|/tmp/[w]\b|/home/[a-z]+/")
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|crates)\.(?:org|io|com)\b")
HOST = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host")
TOP = {"heart", "dispatch", "routing", "templates", "static", "tests", "docs"}
TOP |= {"manage.py", "Makefile", "pyproject.toml", "requirements.lock", "package.json"}
TOP |= {"README.md", "LICENSE", "Dockerfile", "docker-compose.yml"}
# The lock of package.json, and what tools leave in a folder that git ignores.
BESIDE = {"package-lock.json", "node_modules", "__pycache__"}
LISTED = re.compile(r"^- `([^`]+)`: \S", re.M)


def leftovers(file: File) -> Iterator[str]:
    """Work that is not done is an issue, not a comment."""
    for number, line in enumerate(file.text.splitlines(), start=1):
        if LEFTOVER.search(line):
            yield f"{number}: {line.strip()[:60]}"


def machine(file: File) -> Iterator[str]:
    """Nothing names the machine it was written on, or where packages came from."""
    for number, line in enumerate(file.text.splitlines(), start=1):
        found = MACHINE.search(line) or REGISTRY.search(line)
        if found:
            yield f"{number}: names {found[0]}"


def lock_hosts(file: File) -> Iterator[str]:
    """The lock file says what, with hashes, and never from where."""
    if file.path != "requirements.lock":
        return
    for number, line in enumerate(file.text.splitlines(), start=1):
        if HOST.search(line):
            yield f"{number}: {line.strip()[:60]}"
    pinned = len(re.findall(r"^[\w.\-\[\]]+==", file.text, re.M))
    if len(re.findall(r"==.*\\\n\s+--hash=sha256:", file.text)) < max(pinned, 1):
        yield "1: a package without a hash"


def unlisted(document: str, paths: Iterable[str]) -> list[str]:
    """Files that the architecture does not name, and names that are no file."""
    listed, there = LISTED.findall(document), set(paths)
    twice = {f"twice: {path}" for path in listed if listed.count(path) > 1}
    gone = {f"no such file: {path}" for path in listed if path not in there}
    return sorted(there - set(listed)) + sorted(gone | twice)


def line_for(file: File | None, fault: str) -> str:
    """The line that the architecture lacks, from the file's own opening sentence."""
    if file is None:
        return fault
    said = "what lives there?"
    if file.path.endswith(".py"):
        said = (ast.get_docstring(file.tree) or said).splitlines()[0]
    elif file.text.startswith(("// ", "/* ")):
        said = file.text.splitlines()[0].strip("/* ")
    return f"- `{file.path}`: {said}"


def named_files(readme: str) -> set[str]:
    """What a reader is sent to: relative links, and the files of the grid."""
    links = re.findall(r"\]\(([^):#]+)\)", readme)
    grid = [line.split("|")[2:-1] for line in readme.splitlines() if "|" in line]
    grid = [cells for cells in grid if any("`" in cell for cell in cells)]
    folders = [_quoted(cell) for cell in grid[0]] if grid else []
    cells = [zip(folders, row, strict=True) for row in grid[1:]]
    files = [
        folder[0] + name
        for row in cells
        for folder, cell in row
        for name in _quoted(cell)
    ]
    return {*links, *files}


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def misplaced(names: Iterable[str]) -> list[str]:
    """What is missing at the top of the project, and what has no business there."""
    seen = {name for name in names if not name.startswith(".")} - BESIDE
    return sorted({f"missing: {name}" for name in TOP - seen} | (seen - TOP))


def unsafe_sources(policy: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Directives of the content security policy that let inline code or anyone in."""
    directives = policy.get("DIRECTIVES", {})
    weak = [
        name
        for name, sources in directives.items()
        if any("unsafe" in str(one) or one == "*" for one in sources)
    ]
    return weak + [
        name
        for name in ("default-src", "script-src", "form-action")
        if name not in directives
    ]


def wrapping_databases(databases: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Databases whose requests are wrapped: actions own their transactions."""
    return [name for name, one in databases.items() if one.get("ATOMIC_REQUESTS")]


def wordless(kinds: Iterable[str], sentences: Iterable[str]) -> list[str]:
    """Kinds of events that the timeline has no sentence for, or that are none."""
    return sorted(set(kinds) ^ set(sentences))


RULES = (
    Rule(
        says="no work is left in a comment",
        find=leftovers,
        bad=(
            File(path="dispatch/hub.py", text="x = 1  # TO" + "DO later"),
            File(path="templates/base.html", text="<!-- FIX" + "ME -->"),
        ),
    ),
    Rule(
        says="no file names this machine or a registry",
        find=machine,
        bad=(
            File(
                path="docs/operations.md", text="see " + "/".join(("", "work", "main"))
            ),
            File(path="tests/stack.py", text='HOME = "' + "/".join(("", "root", 'x"'))),
            File(path="heart/run.py", text="/".join(("", "tmp", "w", "lead"))),
            File(path="package-lock.json", text='"https://registry.npm' + 'js.org/a"'),
        ),
        good=(File(path="a.md", text="the framework/rooted paths, /tmp/where"),),
    ),
    Rule(
        says="the lock file has hashes and no host",
        find=lock_hosts,
        bad=(
            File(path="requirements.lock", text="--index-url http://here/\n"),
            File(path="requirements.lock", text="django==5.2.1\n"),
            File(path="requirements.lock", text=""),
        ),
        good=(
            File(
                path="requirements.lock",
                text="django==5.2.1 \\\n    --hash=sha256:0a\n",
            ),
        ),
    ),
)
