"""The embedded servers: they survive what machines do to them, and keep every row."""

import os
import signal
import stat
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
import redis

from heart import embedded, footing


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="heart-test-") as name:
        os.chmod(name, 0o711)
        folder = Path(name)
        embedded.start(folder)
        yield folder
        embedded.stop(folder)


@pytest.fixture
def addresses(folder):
    return embedded.start(folder)


def ask(url, question):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def gone(pid):
    """A zombie that nobody has reaped yet counts as gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_each_role_comes_in_as_itself_and_only_with_its_password(addresses):
    assert ask(addresses.database_url, "SELECT current_user") == "heart_app"
    assert ask(addresses.owner_url, "SELECT current_user") == "heart_owner"
    assert ask(addresses.admin_url, "SHOW data_checksums") == "on"

    wrong = addresses.owner_url.replace(":", ":x", 2).replace(":x//", "://")
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url("unix://" + addresses.redis_url.split("@")[1]).ping()


def test_the_runtime_role_makes_no_table(addresses):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(addresses.database_url, "CREATE TABLE mine (id int)")


def test_nothing_listens_on_the_network(addresses):
    assert ask(addresses.admin_url, "SHOW listen_addresses") == ""
    with redis.Redis.from_url(addresses.redis_url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {
            "maxmemory-policy": "noeviction"
        }


def test_passwords_and_addresses_are_for_their_owner_only(folder, addresses):
    for name in ("services.json", "passwords.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_killed_servers_come_back_with_every_row(folder, addresses):
    ask(addresses.owner_url, "CREATE TABLE kept (word text)")
    ask(addresses.owner_url, "INSERT INTO kept VALUES ('still here')")

    for pid in embedded.status(folder).values():
        os.kill(pid, signal.SIGKILL)
    again = embedded.start(folder)

    assert again == addresses
    assert ask(again.owner_url, "SELECT word FROM kept") == "still here"
    with redis.Redis.from_url(again.redis_url) as client:
        assert client.ping()


def test_the_second_starter_waits_and_finds_the_same_servers(folder):
    embedded.stop(folder)
    gate = threading.Barrier(2)

    def start(_):
        gate.wait()
        embedded.start(folder)
        return embedded.status(folder)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(start, range(2))

    assert first == second
    assert all(first.values())


def test_a_stopped_pair_leaves_no_process(folder, addresses):
    pids = embedded.status(folder).values()

    embedded.stop(folder)

    assert all(gone(pid) for pid in pids)
    assert embedded.status(folder) == {"postgres": None, "valkey": None}
    embedded.stop(folder)  # once more changes nothing


def test_one_of_the_two_stops_and_comes_back_empty(folder, addresses):
    with redis.Redis.from_url(addresses.redis_url) as client:
        client.set("word", "soon gone")

    embedded.stop(folder, ["valkey"])
    assert embedded.status(folder)["postgres"]
    assert not embedded.status(folder)["valkey"]
    embedded.empty_valkey(folder)
    embedded.start(folder, ["valkey"])

    with redis.Redis.from_url(addresses.redis_url) as client:
        assert client.get("word") is None


def test_a_long_folder_gets_a_short_private_place_for_its_sockets(tmp_path):
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    postgres, valkey = footing.binaries()
    way = footing.Way(place=folder, postgres=postgres, valkey=valkey)

    sockets = footing.sockets(way)

    assert len(str(sockets / ".s.PGSQL.5432")) < 107
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    sockets.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps aside")
def test_servers_leave_root(folder, addresses):
    for pid in embedded.status(folder).values():
        assert Path(f"/proc/{pid}").stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders of root's own")
def test_root_starts_in_a_folder_that_nobody_else_may_enter():
    with tempfile.TemporaryDirectory(prefix="heart-test-") as name:
        folder = Path(name) / "data"
        try:
            addresses = embedded.start(folder)
            assert ask(addresses.database_url, "SELECT 1") == 1
        finally:
            embedded.stop(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_clear_line():
    with pytest.raises(embedded.EmbeddedError, match="set HEART_DATA"):
        embedded.start(Path("/heart-cannot-be-here"))


def test_secrets_are_made_once_whoever_asks_first(tmp_path):
    folder = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: embedded.secrets(folder), range(8)))

    assert all(each == found[0] for each in found)
    assert set(found[0]) == {"SECRET_KEY", "SEAL_KEYS", "LOOKUP_KEY"}
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
