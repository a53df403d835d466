"""How long each file should be, and when it has grown to twice that."""

from collections.abc import Iterator

from tests.house.files import File

# What is not named here: 200 lines of code, 250 of tests.
CODE, TESTS = 200, 250
KINDS = (".py", ".js", ".mjs", ".css", ".html")
TARGETS = {
    "heart/settings.py": 180,
    "heart/settings_test.py": 20,
    "heart/checks.py": 80,
    "heart/urls.py": 25,
    "heart/asgi.py": 25,
    "heart/celery.py": 35,
    "heart/wsgi.py": 15,
    "heart/embedded.py": 180,
    "routing/models.py": 60,
    "routing/store.py": 80,
    "routing/admin.py": 40,
    "routing/core/facts.py": 140,
    "routing/core/geo.py": 60,
    "routing/core/protocol.py": 160,
    "routing/core/floor.py": 150,
    "routing/core/table.py": 150,
    "routing/core/rank.py": 140,
    "routing/core/decide.py": 120,
    "routing/core/explain.py": 90,
    "dispatch/errors.py": 60,
    "dispatch/states.py": 180,
    "dispatch/facts.py": 100,
    "dispatch/journal.py": 120,
    "dispatch/models/__init__.py": 40,
    "dispatch/models/call.py": 120,
    "dispatch/models/triage.py": 80,
    "dispatch/models/decision.py": 80,
    "dispatch/models/unit.py": 110,
    "dispatch/models/offer.py": 120,
    "dispatch/models/disposition.py": 60,
    "dispatch/models/followup.py": 90,
    "dispatch/models/event.py": 60,
    "dispatch/models/staff.py": 90,
    "dispatch/actions/base.py": 120,
    "dispatch/actions/intake.py": 160,
    "dispatch/actions/triage.py": 140,
    "dispatch/actions/decision.py": 150,
    "dispatch/actions/offer.py": 200,
    "dispatch/actions/unit.py": 180,
    "dispatch/actions/disposition.py": 120,
    "dispatch/actions/followup.py": 140,
    "dispatch/selectors/board.py": 160,
    "dispatch/selectors/call.py": 160,
    "dispatch/selectors/offer.py": 60,
    "dispatch/selectors/unit.py": 100,
    "dispatch/selectors/followup.py": 80,
    "dispatch/selectors/report.py": 220,
    "dispatch/consumers.py": 110,
    "dispatch/tasks.py": 90,
    "dispatch/hub.py": 180,
    "dispatch/nudge.py": 60,
    "dispatch/admin.py": 100,
    # A line for each page.
    "dispatch/web/urls.py": 120,
    "dispatch/web/forms.py": 180,
    "dispatch/web/board.py": 80,
    "dispatch/web/intake.py": 90,
    "dispatch/web/triage.py": 130,
    "dispatch/web/call.py": 150,
    "dispatch/web/unit.py": 110,
    "dispatch/web/followup.py": 90,
    "dispatch/web/report.py": 80,
    "dispatch/api/urls.py": 90,
    "dispatch/api/errors.py": 50,
    "dispatch/api/calls.py": 150,
    "dispatch/api/units.py": 100,
    "dispatch/api/reports.py": 60,
    "dispatch/templatetags/console.py": 70,
    "dispatch/management/commands/seed_demo.py": 150,
    "dispatch/management/commands/publish_protocol.py": 40,
    "dispatch/management/commands/replay_decisions.py": 70,
    "templates/base.html": 80,
    "templates/board/page.html": 60,
    "templates/intake/page.html": 60,
    "templates/triage/page.html": 80,
    "templates/call/page.html": 80,
    "templates/call/_timeline.html": 40,
    "templates/call/_decision.html": 40,
    "templates/call/_offer.html": 40,
    "templates/followup/page.html": 60,
    "templates/report/page.html": 80,
    "templates/registration/login.html": 30,
    # Three themes, each with a line for every token.
    "static/css/tokens.css": 80,
    "static/css/base.css": 150,
    "static/css/console.css": 200,
    "static/js/console.js": 60,
    "static/js/live.js": 80,
    "static/js/socket.js": 90,
    "static/js/fragments.js": 80,
    "static/js/keys.js": 70,
    "static/js/clock.js": 40,
    "tests/conftest.py": 80,
    "tests/makers.py": 150,
    "tests/test_house.py": 150,
    "tests/test_journey.py": 150,
    # A row for each rule of the protocol.
    "tests/core/test_rules.py": 300,
}


def too_long(file: File) -> Iterator[str]:
    """At twice the target a file is split by station, never by "part 2"."""
    if not file.path.endswith(KINDS) or "/migrations/" in file.path:
        return
    default = TESTS if file.within("tests") else CODE
    target = TARGETS.get(file.path, default)
    lines = len(file.text.splitlines())
    if lines > 2 * target:
        yield f"{lines} lines, and {2 * target} are twice its target"
