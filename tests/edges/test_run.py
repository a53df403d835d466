"""`make run` and its processes: nothing is left running, and every refusal is a line."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from heart import embedded, run


def wait_until(true, seconds=15):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        threading.Event().wait(0.02)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def a_child(tmp_path, code):
    child = run.Child("clerk", (sys.executable, "-c", code), tmp_path / "clerk.log")
    child.log.touch()
    return child


def test_a_taken_port_is_named_with_its_holder_and_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(run.RunError) as refused:
            run.check_port(port, patience=0)

    assert f"process {os.getpid()}" in str(refused.value)
    assert f"PORT={port + 10} make run" in str(refused.value)


def test_a_port_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("PORT", "eighty")

    with pytest.raises(run.RunError, match="PORT=eighty is no port"):
        run.centre_asked_for()


def test_a_second_run_from_the_same_folder_is_told_who_has_it(tmp_path):
    us = str(os.getpid())
    with run.only_one(tmp_path), pytest.raises(run.RunError, match=us):
        run.only_one(tmp_path).__enter__()


def test_a_run_knows_whether_the_last_one_was_cut_off(tmp_path):
    with run.only_one(tmp_path) as cut_off:
        assert not cut_off
    with run.only_one(tmp_path) as cut_off:
        assert not cut_off
    (tmp_path / "run.lock").write_text("4711")

    with run.only_one(tmp_path) as cut_off:
        assert cut_off


def test_a_process_that_died_is_started_again_and_its_last_words_shown(
    tmp_path, capsys
):
    child = a_child(tmp_path, "raise SystemExit('the disk is full')")
    child.again_at = 0
    child.start(dict(os.environ))
    first = child.process
    first.wait()

    child.look(dict(os.environ))
    child.again_at = 0
    child.look(dict(os.environ))

    assert child.process is not first
    assert "the disk is full" in capsys.readouterr().out
    child.stop()


def test_a_process_that_will_not_stop_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "GRACE", 0.2)
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    )
    child = a_child(tmp_path, f"{deaf}; time.sleep(600)")
    child.start(dict(os.environ))
    wait_until(lambda: child.log.read_text())

    child.ask_to_stop()
    child.stop()

    assert child.process.returncode == -signal.SIGKILL


def test_processes_go_when_their_parent_is_killed(tmp_path):
    code = (
        "import os, sys, time; from pathlib import Path; from heart import run\n"
        f"log = Path({str(tmp_path / 'log')!r})\n"
        "child = run.Child('x', (sys.executable, '-c', 'import time; time.sleep(600)'),"
        " log)\n"
        "child.start(dict(os.environ)); print(child.process.pid, flush=True)\n"
        "time.sleep(600)"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=run.ROOT) as parent:
        pid = int(parent.stdout.readline())
        assert alive(pid)

        parent.kill()

        wait_until(lambda: not alive(pid))


def test_only_migrations_learn_the_owners_address(tmp_path, monkeypatch):
    addresses = embedded.Addresses(
        database_url="postgresql://heart_app@/heart",
        owner_url="postgresql://heart_owner@/heart",
        admin_url="postgresql://heart_admin@/postgres",
        redis_url="unix:///valkey.sock",
    )
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(embedded, "start", lambda folder, names: addresses)

    owner, runtime = run.environments(tmp_path)

    assert owner["DATABASE_OWNER_URL"] == addresses.owner_url
    assert "heart_owner" not in str(runtime)
    assert "heart_admin" not in str(runtime)
    assert runtime["DATABASE_URL"] == addresses.database_url


def test_addresses_in_the_environment_replace_each_server(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    assert run.wanted_servers() == ["postgres"]

    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/heart")
    assert run.wanted_servers() == []
