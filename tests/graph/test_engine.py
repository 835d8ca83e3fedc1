"""The life of the private server, with real processes and real kills."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import neo4j
import pytest

from govgraph.graph import engine
from govgraph.graph.arcade import Arcade
from govgraph.graph.engine import Address
from govgraph.graph.errors import EngineFailure
from govgraph.graph.settings import Settings

QUICK = Settings(engine_idle=1.0)

CLIENT = """
import sys, time
from pathlib import Path
from govgraph.graph import engine
from govgraph.graph.settings import Settings
with engine.lease(Path(sys.argv[1]), Settings(engine_idle=float(sys.argv[2]))) as address:
    print(address.pid, flush=True)
    time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "engine"
    engine.stop(tmp_path / "engine")


def client(root: Path, *, idle: float = 60, stay: float = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CLIENT, str(root), str(idle), str(stay)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def answer(address: Address, root: Path) -> int:
    with neo4j.GraphDatabase.driver(address.uri, auth=address.reader) as driver:
        (record,) = driver.execute_query("RETURN 1 AS one", database_=engine.current(root)).records
    return int(record["one"])


def below(pid: int) -> list[int]:
    """The processes that descend from one."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [process for child in map(int, found) for process in (child, *below(child))]


def java(address: Address) -> int:
    """The server itself: the child of the supervisor's shell that is neither shell nor cat."""
    (found,) = [p for p in below(address.pid) if Path(f"/proc/{p}/exe").resolve().name == "java"]
    return found


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def test_all_share_one_server_until_it_is_stopped(root: Path) -> None:
    assert engine.status(root) is None
    with engine.lease(root, Settings()) as first:
        assert answer(first, root) == 1
    with engine.lease(root, Settings()) as second:
        assert second == first == engine.status(root)
    process = java(first)
    assert engine.stop(root) is True
    assert gone(process)
    until(lambda: gone(first.pid))
    assert engine.status(root) is None
    assert engine.stop(root) is False


def test_the_server_goes_when_it_is_idle_and_not_before(root: Path) -> None:
    with engine.lease(root, QUICK) as address:
        time.sleep(2.5)
        assert answer(address, root) == 1
    until(lambda: engine.status(root) is None)
    until(lambda: gone(address.pid))


@pytest.mark.parametrize("victims", [["client"], ["supervisor"], ["java"], ["supervisor", "java"]], ids="+".join)
def test_whoever_is_killed_the_next_command_works(root: Path, victims: list[str]) -> None:
    holder = client(root, stay=60)
    assert holder.stdout is not None
    holder.stdout.readline()
    address = engine.status(root)
    assert address is not None
    pids = {"client": holder.pid, "supervisor": address.pid, "java": java(address)}
    for victim in victims:
        os.kill(pids[victim], signal.SIGKILL)
    time.sleep(0.1)
    try:
        for _ in range(2):  # the first may find a server that is just ending, as any client may; it asks once more
            with engine.lease(root, Settings()) as found:
                try:
                    assert answer(found, root) == 1
                    break
                except neo4j.exceptions.ServiceUnavailable:
                    time.sleep(1)
        else:
            pytest.fail("the server did not come back")
        if victims != ["client"]:
            until(lambda: gone(pids["java"]))
    finally:
        holder.kill()
        holder.communicate()


def test_a_killed_client_does_not_keep_the_server_alive(root: Path) -> None:
    holder = client(root, idle=0.5, stay=60)
    assert holder.stdout is not None
    pid = int(holder.stdout.readline())
    holder.kill()
    holder.communicate()
    until(lambda: gone(pid))


def test_first_commands_that_race_get_the_same_server(root: Path) -> None:
    racers = [client(root) for _ in range(4)]
    pids = {racer.communicate(timeout=90)[0].strip() for racer in racers}
    assert len(pids) == 1 and all(racer.returncode == 0 for racer in racers)


def test_nothing_keeps_the_output_of_the_command_that_started_the_server(root: Path) -> None:
    """The pipe of a command must close when the command ends, though its server lives on."""
    command = [sys.executable, "-c", CLIENT, str(root), "60", "0"]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert engine.status(root) is not None


def test_it_listens_on_loopback_alone(root: Path) -> None:
    with engine.lease(root, Settings()) as address:
        ours = {os.readlink(f) for f in Path(f"/proc/{java(address)}/fd").iterdir() if f.exists() or f.is_symlink()}
        sockets = {link[8:-1] for link in ours if link.startswith("socket:[")}
        lines = [
            line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        ]
        listening = [local for _, local, _, state, *rest in lines if state == "0A" and rest[5] in sockets]
    assert {int(local.rpartition(":")[2], 16) for local in listening} == {address.bolt, address.http}
    loopback = {"0100007F", "0000000000000000FFFF00000100007F"}
    assert {local.rpartition(":")[0] for local in listening} <= loopback


def test_passwords_are_new_each_time_and_stand_in_private_files_alone(root: Path) -> None:
    with engine.lease(root, Settings()) as address:
        words = {address.writer[1], address.reader[1]}
        lines = [Path(f"/proc/{p}/cmdline").read_text() for p in (address.pid, *below(address.pid))]
        assert not any(word in line for word in words for line in lines)
        holding = [f for f in root.rglob("*") if f.is_file() and any(w.encode() in f.read_bytes() for w in words)]
        assert holding == [root / "server.json"]
        for file in (root / "server.json", root / "config/server-users.jsonl"):
            assert file.stat().st_mode & 0o077 == 0
        assert not any(word in repr(address) for word in words)
    engine.stop(root)
    with engine.lease(root, Settings()) as again:
        assert words.isdisjoint({again.writer[1], again.reader[1]})


def test_no_other_door_is_open(private_server: Path) -> None:
    address = engine.status(private_server)
    assert address is not None
    connection = http.client.HTTPConnection("127.0.0.1", address.http)
    connection.request(
        "POST", "/api/v1/mcp", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}})
    )
    assert connection.getresponse().status == 404
    connection.close()


def test_the_reader_cannot_write_to_a_database_that_is_made_later(private_server: Path) -> None:
    address = engine.status(private_server)
    assert address is not None
    later = engine.new_database()
    Arcade(address).create(later)
    with neo4j.GraphDatabase.driver(address.uri, auth=address.reader) as driver:
        assert driver.execute_query("RETURN 1 AS x", database_=later).records
        for statement in ("CREATE (:Entity {id: 'x'})", "CREATE INDEX i FOR (n:Entity) ON (n.id)"):
            with pytest.raises(neo4j.exceptions.Forbidden):
                driver.execute_query(statement, database_=later)
    Arcade(address).drop(later)


def test_a_folder_that_is_deleted_takes_its_server_with_it(root: Path) -> None:
    with engine.lease(root, Settings()) as address:
        process = java(address)
    for name in ("server.json", "owner.lock", "clients.lock"):
        (root / name).unlink()
    until(lambda: gone(process))


def test_a_stale_file_is_not_believed(root: Path) -> None:
    root.mkdir()
    stale = {"bolt": 1, "http": 2, "writer": ["root", "x"], "reader": ["reader", "x"], "pid": 1}
    (root / "server.json").write_text(json.dumps(stale))
    assert engine.status(root) is None
    with engine.lease(root, Settings()) as address:
        assert answer(address, root) == 1


def test_a_relative_folder_is_the_same_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    with engine.lease(Path("engine"), Settings()) as address:
        assert engine.status(root) == address
        assert (root / "databases" / engine.current(root)).is_dir()


def test_a_machine_without_the_engine_is_told_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineFailure, match="GOVGRAPH_URI"), engine.lease(root, Settings()):
        pass


def test_a_server_that_cannot_start_says_why(root: Path) -> None:
    start = time.monotonic()
    with (
        pytest.raises(EngineFailure, match=r"GOVGRAPH_ENGINE_MEMORY.*out\.log"),
        engine.lease(root, Settings(engine_memory="1k")),
    ):
        pass
    assert time.monotonic() - start < 30


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EngineFailure, match="file/engine"), engine.lease(tmp_path / "file/engine", Settings()):
        pass
