"""The container files: whole, without secrets, and each command really starts."""

import base64
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from psycopg2 import sql

from tests import databases

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "live", "worker", "clock"]
FILES = ["Dockerfile", "docker-compose.yml", ".env.example", ".dockerignore"]
READY = 60.0  # seconds, on a busy machine
# A name of a secret with a value beside it that is no reference and no empty place.
LITERAL = re.compile(
    r"(?i)(?:password|passwd|secret|key|token)s?['\"]?[:=][ ]*['\"]?"
    r"(?!\s|\$|\{|/run/secrets|\./secrets|<|\[)[^\s'\"]{4,}"
)
RANDOM = re.compile(r"[0-9a-f]{24,}|[A-Za-z0-9+/]{40,}")
CREDENTIALS = re.compile(r"://[^/\s:@]*:[^/\s@$]+@")


def secret_looking(text):
    return [
        found[0]
        for each in (LITERAL, RANDOM, CREDENTIALS)
        for found in each.finditer(text)
    ]


@pytest.mark.parametrize("name", FILES)
def test_no_secret_stands_in_a_container_file(name):
    assert secret_looking((ROOT / name).read_text()) == []


@pytest.mark.parametrize(
    "bad",
    [
        "POSTGRES_PASSWORD: hunter2",
        "SECRET_KEY=abcdefgh",
        "REDIS_URL: redis://:swordfish@redis/0",
        "x: 4f3c2b1a4f3c2b1a4f3c2b1a4f3c",
    ],
)
def test_a_secret_in_a_container_file_would_be_found(bad):
    assert secret_looking(bad)


def test_every_secret_is_a_file_outside_the_image():
    assert {each["file"] for each in COMPOSE["secrets"].values()} == {
        f"./secrets/{name}" for name in COMPOSE["secrets"]
    }
    assert "!secrets" not in (ROOT / ".dockerignore").read_text()


def test_every_secret_that_a_service_asks_for_is_declared():
    asked = {name for each in SERVICES.values() for name in each.get("secrets", [])}
    named = set(
        re.findall(r"/run/secrets/(\w+)", (ROOT / "docker-compose.yml").read_text())
    )

    assert asked == named == set(COMPOSE["secrets"])


def test_the_owners_password_reaches_no_serving_process():
    for name in ("web", "live", "worker", "clock"):
        assert "owner_password" not in SERVICES[name]["secrets"]
        assert "DATABASE_OWNER_URL" not in SERVICES[name]["environment"]


def test_the_image_does_not_run_as_root():
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)

    assert users == ["heart"]
    assert DOCKERFILE.index("USER heart") < DOCKERFILE.index("\nCMD")
    assert not any("user" in SERVICES[name] for name in OURS)


def test_what_the_image_copies_exists_and_is_let_in():
    allowed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]

    assert copied
    assert set(copied) == allowed
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_every_lasting_service_is_asked_how_it_is_and_comes_back():
    for name, service in SERVICES.items():
        if name == "migrate":
            assert service["healthcheck"] == {"disable": True}
            continue
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert service["restart"] == "unless-stopped", name


def test_ours_are_read_only_and_may_gain_nothing():
    for name in OURS:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_only_the_front_is_open_to_the_world():
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["front"]


def test_the_front_sends_sockets_to_live_and_the_rest_to_web():
    front = COMPOSE["configs"]["front"]["content"]

    assert re.findall(r"reverse_proxy (.+)", front) == ["/ws/* live:8000", "web:8000"]


def test_images_are_named_without_a_registry():
    images = [each["image"] for each in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert [name for name in images if "." in name.split("/")[0].split(":")[0]] == []


# Each command, outside a container


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def empty_database(django_db_setup):
    """A database of the owner's with nothing in it."""
    name = f"empty_{django_db_setup.slot}"
    addresses = databases.servers()
    place = databases.place(addresses, name, django_db_setup.slot)
    with databases.admin(addresses.admin_url) as cursor:
        words = sql.SQL("CREATE DATABASE {} OWNER heart_owner")
        cursor.execute(words.format(sql.Identifier(name)))
    yield place
    databases.drop(place)


def environment(name, place, folder):
    """The service's own, with the test's servers and secrets made for this test."""
    known = {
        "DATABASE_URL": place.database_url,
        "DATABASE_OWNER_URL": place.owner_url,
        "REDIS_URL": place.redis_url,
    }
    contents = {
        "app_password": urlsplit(place.database_url).password,
        "owner_password": urlsplit(place.owner_url).password,
        "redis_password": urlsplit(place.redis_url).password,
        "secret_key": secrets.token_hex(32),
        "seal_keys": f'{{"1": "{_key()}"}}',
        "lookup_key": _key(),
    }
    made = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "HEART_DATA": str(folder / "data"),
        "HEART_PRODUCTION": "yes",
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "WARNING",
    }
    for variable, value in SERVICES[name]["environment"].items():
        text = re.sub(r"\$\{SITE[^}]*\}", "console.example.org", value)
        if text.startswith("/run/secrets/"):
            path = folder / Path(text).name
            path.write_text(contents[path.name])
            text = str(path)
        made[variable] = (
            _without_password(known[variable]) if variable in known else text
        )
    return made


def _key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _without_password(url):
    return url.replace(f":{urlsplit(url).password}@", "@", 1)


def command(words, port):
    swap = {"0.0.0.0": "127.0.0.1", "8000": str(port)}
    return [swap.get(word, word) for word in words]


def run(words, env):
    return subprocess.run(
        words,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", ["web", "live", "worker", "clock"])
def test_a_service_starts_and_finds_itself_well(name, own_database, tmp_path, port):
    env = environment(name, own_database, tmp_path)
    (tmp_path / "static").mkdir()
    healthy = SERVICES[name]["healthcheck"]["test"][1:]
    if name in {"web", "live"}:
        healthy = [*healthy, "--port", str(port)]
    before = run(healthy, env)

    process = subprocess.Popen(
        command(SERVICES[name]["command"], port), cwd=ROOT, env=env
    )
    try:
        end = time.monotonic() + READY
        while (after := run(healthy, env)).returncode and time.monotonic() < end:
            assert process.poll() is None, f"{name} did not start"
    finally:
        process.terminate()
        stopped = process.wait(timeout=20)

    assert before.returncode == 1
    assert after.returncode == 0, after.stdout + after.stderr
    assert stopped in {0, -15}


def test_migrate_makes_an_empty_database_ready_and_checks_it(empty_database, tmp_path):
    env = environment("migrate", empty_database, tmp_path)

    done = run(SERVICES["migrate"]["command"], env)
    again = run(SERVICES["migrate"]["command"], env)

    assert done.returncode == 0, done.stdout + done.stderr
    assert again.returncode == 0, again.stdout + again.stderr
    assert "no issues" in done.stdout
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_a_console_without_its_secrets_does_not_start(own_database, tmp_path):
    env = environment("web", own_database, tmp_path)
    del env["SECRET_KEY_FILE"]

    done = run(["python", "manage.py", "check"], env)

    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr
