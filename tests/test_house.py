"""Rules that no single test can see; each carries a bad example that it must catch."""

import inspect

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.state import ProjectState

from dispatch import events
from dispatch.selectors import sentences
from tests.house import code, markup, papers, skeleton, tools
from tests.house.files import ROOT, paths, project

RULES = (*code.RULES, *markup.RULES, *papers.RULES)


def said(faults):
    return "\n" + "\n".join(faults)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_it_holds_in_every_file(rule):
    faults = [f"{file.path}:{line}" for file in project() for line in rule.find(file)]

    assert not faults, said(faults)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_it_catches_its_bad_examples(rule):
    uncaught = [file for file in rule.bad if not list(rule.find(file))]
    wronged = [file for file in rule.good if list(rule.find(file))]

    assert rule.bad
    assert not uncaught
    assert not wronged


def test_arrows_between_modules_point_down():
    kept = tools.contracts(ROOT)

    assert all(kept.values()), kept


def test_every_contract_catches_its_breach(tmp_path):
    lines = [(path, line) for _contract, path, line in skeleton.BREACHES]
    kept = tools.contracts(skeleton.build(tmp_path, *lines))

    assert len(kept) == len(skeleton.BREACHES)
    assert not any(kept.values()), kept


def test_a_module_that_nobody_placed_is_caught(tmp_path):
    contract, path, line = skeleton.UNPLACED

    kept = tools.contracts(skeleton.build(tmp_path, (path, line)))

    assert [name for name, holds in kept.items() if not holds] == [
        name for name in kept if name.startswith(contract)
    ]


def test_the_linter_is_content():
    ended, words = tools.run("ruff", "check", "--output-format=concise", ".")

    assert ended == 0, words


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("def f():\n    import os\n    return os\n", "PLC0415"),
        ("from .models import Call\n", "TID252"),
        ("print('call')\n", "T201"),
        ("try:\n    f()\nexcept Exception:\n    pass\n", "BLE001"),
    ],
)
def test_the_linter_catches(line, code):
    assert code in tools.lint(line, "dispatch/web/call.py")


def test_the_format_is_the_formatter_s():
    ended, words = tools.run(
        "ruff", "format", "--check", "--output-format=concise", "."
    )

    assert ended == 0, words
    assert tools.run("ruff", "format", "--check", "-", said="x = {  1}\n")[0] == 1


def test_types_hold_and_an_untyped_function_is_caught(tmp_path):
    bad = tmp_path / "bad_example.py"
    bad.write_text("def accept(offer): return offer\n")

    faults = tools.type_faults(*tools.typed_files(), str(bad))

    theirs = [line for line in faults if bad.name not in line]
    assert not theirs, said(theirs)
    assert any("no-untyped-def" in line for line in faults)


def test_no_migration_is_missing():
    assert not tools.unwritten_migrations()


def test_a_missing_migration_is_caught():
    state = ProjectState.from_apps(apps)
    state.remove_field("dispatch", "call", "number")

    assert tools.unwritten_migrations(state)


def test_every_event_has_words_in_the_timeline():
    kinds = [
        name
        for name, one in inspect.getmembers(events, inspect.isclass)
        if issubclass(one, events.EventBody) and one is not events.EventBody
    ]

    assert not papers.wordless(kinds, sentences.SENTENCES)
    assert papers.wordless(["CallOpened"], []) == ["CallOpened"]


def test_every_page_can_be_reached_by_clicking():
    templates = [file.text for file in project() if file.within("templates")]
    web = [
        file for file in project() if file.within("dispatch/web", "dispatch/selectors")
    ]
    code = [file.text for file in web if file.path != "dispatch/web/urls.py"]
    urls = (ROOT / "dispatch" / "web" / "urls.py").read_text()

    assert not markup.unreachable(urls, templates, code)


def test_a_page_without_a_link_is_caught():
    urls = "urlpatterns = [path('a/', a, name='a'), path('b/', b, name='b')]"

    assert markup.unreachable(urls, ["{% url 'a' %}"], []) == ["b"]
    assert markup.unreachable(urls, [], ["PAGES = (('a', 1),)\nreverse('b')"]) == []


def test_every_template_is_used():
    templates = [path for path in paths() if path.startswith("templates/")]
    names = [path.removeprefix("templates/") for path in templates]
    texts = [file.text for file in project() if file.within("dispatch", "templates")]

    assert not markup.unused(names, texts)
    assert markup.unused(["old.html"], ['render(request, "new.html")']) == ["old.html"]


def test_the_architecture_lists_every_file():
    document = (ROOT / "docs" / "architecture.md").read_text()
    wanted = [path for path in paths() if not path.startswith("static/vendor/")]

    missing = papers.unlisted(document, wanted)

    files = {file.path: file for file in project()}
    lines = [papers.line_for(files.get(one), one) for one in missing]
    assert not missing, f"docs/architecture.md lacks or should lose:{said(lines)}"


def test_a_file_that_the_architecture_forgot_is_caught():
    document = "- `a.py`: One.\n- `gone.py`: Two.\n"

    assert papers.unlisted(document, ["a.py", "b.py"]) == [
        "b.py",
        "no such file: gone.py",
    ]


def test_whatever_the_readme_names_is_there():
    readme = (ROOT / "README.md").read_text()

    gone = [one for one in papers.named_files(readme) if not (ROOT / one).exists()]

    assert not gone, said(sorted(gone))
    assert len(readme.splitlines()) <= 150


def test_the_readme_is_read_right():
    readme = "[p](docs/p.md) [x](https://x)\n| a | m `m/` |\n|-|-|\n| b | `c.py` |\n"

    assert papers.named_files(readme) == {"docs/p.md", "m/c.py"}


def test_the_top_level_is_the_design_s():
    assert not papers.misplaced(one.name for one in ROOT.iterdir())
    assert "scripts" in papers.misplaced(["scripts", *papers.TOP])
    assert papers.misplaced(papers.TOP - {"LICENSE"}) == ["missing: LICENSE"]


def test_the_page_policy_lets_nothing_inline_in():
    assert not papers.unsafe_sources(settings.CONTENT_SECURITY_POLICY)
    assert papers.unsafe_sources(
        {
            "DIRECTIVES": {
                "default-src": ["'none'"],
                "script-src": ["'unsafe-inline'"],
                "form-action": ["*"],
            }
        }
    ) == ["script-src", "form-action"]


def test_actions_own_their_transactions():
    assert not papers.wrapping_databases(settings.DATABASES)
    assert papers.wrapping_databases({"default": {"ATOMIC_REQUESTS": True}})


def test_the_driver_is_psycopg2():
    assert connection.Database.__name__ == "psycopg2"
