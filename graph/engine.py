"""The private graph server of a workspace: the first command starts it, all share it, it stops when nobody needs it.

Three processes, and files in one folder, keep that true whoever is killed (Linux and macOS):

- A **client** holds a shared lock on ``clients.lock`` while it works; the kernel frees it when the client dies.
- The **supervisor** (this module run as a program) holds ``owner.lock``, starts Java, writes ``server.json`` and ends
  Java when no client has been seen for the idle time, or when ``server.json`` is gone (so also when the folder is). It
  alone holds ``supervisor.lock``, so that no client takes a Java that is closing after its supervisor's death for one
  that runs.
- **Java** runs under a line of shell that ends it as soon as the supervisor's pipe closes, and inherits ``owner.lock``,
  so that no second server starts before the first has closed its files.

The server listens on loopback alone. Its two passwords are made anew at each start and stand in a file that only the
user can read, never on a command line. The graph lies in a database whose name is in ``current``; a full load goes
into a new database, which becomes the current one when it is whole. ``flock`` does not work on every network disk: keep
a workspace on a local one.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import http.client
import importlib.util
import json
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from .errors import Damaged, EngineFailure
from .settings import Settings

LOOPBACK = "127.0.0.1"
DATABASE = "graph_"  # how the names of our databases begin
_START_WITHIN = 90.0  # seconds; a cold start takes 1 to 3 on an idle machine, a crowded one is given time
_STOP_WITHIN = 60.0
_TICK = 0.02
_OWNED_BY_ANOTHER = 3  # exit code of a supervisor that found another at work

# Ends the server when the pipe on standard input closes, which the kernel does even if the supervisor is killed; a
# server that has not closed its files after half a minute is killed, as after a power cut.
_LIFELINE = (
    'exec 3<&0; "$@" </dev/null 3<&- & j=$!; { cat <&3 >/dev/null; kill $j; n=0;'
    " while kill -0 $j && [ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done; kill -9 $j; } 2>/dev/null & wait $j"
)

# Doors of the server that nobody here uses; without their jars they cannot be opened by a setting either.
_UNUSED_JARS = ("arcadedb-mcp", "arcadedb-postgresw", "arcadedb-redisw", "arcadedb-graphql", "arcadedb-console")
_JAVA_VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a private server listens and how to log in: ports on loopback, (user, password), the supervisor's pid."""

    bolt: int
    http: int
    writer: tuple[str, str] = field(repr=False)
    reader: tuple[str, str] = field(repr=False)
    pid: int

    @property
    def uri(self) -> str:
        return f"bolt://{LOOPBACK}:{self.bolt}"


@contextmanager
def lease(root: Path, settings: Settings) -> Generator[Address]:
    """The running server of the folder ``root``, started if need be; it does not go idle inside the block.

    Raises EngineFailure if it cannot be started. A server that is already running keeps the idle time and the memory
    that it was started with. A long holder takes a new lease if the server dies under it.
    """
    java_home()  # better said here than in the log of a process that nobody sees
    root = root.resolve()
    with _errors_of_the_disk(root):
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        clients = open(root / "clients.lock", "a")  # noqa: SIM115
    with clients:
        fcntl.flock(clients, fcntl.LOCK_SH)
        yield _running(root) or _start(root, settings)


def status(root: Path) -> Address | None:
    """The server of this folder if one is running. Starts nothing."""
    return _running(root.resolve())


def stop(root: Path) -> bool:
    """Stop the server of this folder and wait until it has closed its files; False if none was running."""
    root = root.resolve()
    if not _owned(root):
        return False
    (root / "server.json").unlink(missing_ok=True)  # the supervisor's sign to end
    end = time.monotonic() + _STOP_WITHIN
    while _owned(root):
        if time.monotonic() > end:
            raise EngineFailure(
                f"the graph server of {root} has not closed after {_STOP_WITHIN:g} s; see {root / 'out.log'}"
            )
        time.sleep(_TICK)
    return True


def current(root: Path) -> str:
    """Name of the database that holds the graph. The server makes it (empty) when it starts."""
    return (root / "current").read_text().strip()


def switched(root: Path) -> tuple[int, int]:
    """Another value once another database is current: looking is quicker than reading which."""
    seen = os.stat(root / "current")
    return seen.st_ino, seen.st_mtime_ns


def switch(root: Path, database: str) -> None:
    """Make a fully loaded database the one that readers open from now on: one rename, on the disk before it returns."""
    write_private(root / "current", database + "\n")
    folder = os.open(root, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def new_database() -> str:
    """A name no database had before."""
    return DATABASE + secrets.token_hex(6)


def java_home() -> Path:
    """The folder of the wheel with its own Java and jars, found without importing the package (which takes 0.2 s)."""
    found = importlib.util.find_spec("arcadedb_embedded")
    home = Path(found.origin).parent if found and found.origin else None
    if home is None or not (home / "jre/bin/java").exists():
        raise EngineFailure(
            f"there is no private graph server for this machine ({platform.system()} {platform.machine()}): the package"
            " arcadedb-embedded with its Java is missing; install it (pip install arcadedb-embedded), or set"
            " GOVGRAPH_URI to a Neo4j server"
        )
    return home


# --- a client ---------------------------------------------------------------------------------------------------------


def _owned(root: Path) -> bool:
    """Whether a supervisor or its Java lives. The lock says so: a file may be left from a server that was killed."""
    return _held(root / "owner.lock")


def _held(lock: Path) -> bool:
    try:
        with open(lock) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def _running(root: Path) -> Address | None:
    if not _held(root / "supervisor.lock"):
        return None
    try:
        at = json.loads((root / "server.json").read_text())
        address = Address(at["bolt"], at["http"], tuple(at["writer"]), tuple(at["reader"]), at["pid"])
        socket.create_connection((LOOPBACK, address.bolt), 1).close()
    except (OSError, ValueError):  # not up yet, or ending
        return None
    return address


def _start(root: Path, settings: Settings) -> Address:
    supervisor = None
    end = time.monotonic() + _START_WITHIN
    while (address := _running(root)) is None:
        if supervisor is None or supervisor.poll() == _OWNED_BY_ANOTHER:
            supervisor = _spawn(root, settings)
        elif supervisor.poll() is not None and not _owned(root):
            hint, reason = _reason(root)
            raise (EngineFailure if hint else Damaged)(f"the graph server did not start: {reason}")
        if time.monotonic() > end:
            raise EngineFailure(f"the graph server did not answer within {_START_WITHIN:g} s: {_reason(root)[1]}")
        time.sleep(_TICK)
    if supervisor is not None:
        supervisor.returncode = 0  # it outlives us on purpose; Popen would warn of that
    return address


def _spawn(root: Path, settings: Settings) -> subprocess.Popen[bytes]:
    """A supervisor in a session of its own that holds nothing of its caller: no terminal, no output, no folder."""
    program = [sys.executable, "-P", "-m", __name__]
    with open(root / "supervisor.log", "ab") as log:
        return subprocess.Popen(
            [*program, str(root), str(settings.engine_idle), settings.engine_memory],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=root,
            start_new_session=True,
        )


def _reason(root: Path) -> tuple[str | None, str]:
    """What the logs say: the known cause if it is one, and a line with the place to look and what can be done."""
    hints = {
        "No space left": "the disk is full; make room",
        "Could not reserve enough space": "the machine has too little memory; set GOVGRAPH_ENGINE_MEMORY=512m",
        "maximum heap": "its memory is set wrongly; set GOVGRAPH_ENGINE_MEMORY to a size such as 1g",
        "Permission denied": "a file of it may not be written; check who owns the folder",
    }
    lines: list[str] = []
    for name in ("supervisor.log", "out.log"):
        with suppress(OSError):
            lines += (root / name).read_text(errors="replace").splitlines()[-200:]
    hint = next((hint for sign, hint in hints.items() if any(sign in line for line in lines)), None)
    told = next((line for line in reversed(lines) if "SEVER" in line or "Error" in line or "Exception" in line), None)
    said = hint or (told.strip()[:300] if told else "it said nothing")
    log = root / "out.log"
    return hint, f"{said}. Its log is {log}; everything in {root} can be deleted, the graph is then built again"


@contextmanager
def _errors_of_the_disk(root: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise EngineFailure(
            f"the graph server's folder {root} cannot be used: {error.strerror}; make room or make it writable"
        ) from error


# --- the supervisor ---------------------------------------------------------------------------------------------------


def supervise(root: Path, idle: float, memory: str) -> None:
    """Own the server of this folder until it has been idle for ``idle`` seconds. Runs in a process of its own."""
    clients = open(root / "clients.lock", "a")  # noqa: SIM115 - held as long as this process lives
    owner = _own(root)
    alive = open(root / "supervisor.lock", "a")  # noqa: SIM115 - held as long as this process lives
    fcntl.flock(alive, fcntl.LOCK_EX)
    state = root / "server.json"
    state.unlink(missing_ok=True)
    (root / "supervisor.log").write_bytes(b"")
    writer, reader = ("root", secrets.token_urlsafe(24)), ("reader", secrets.token_urlsafe(24))
    _prepare(root, writer, reader)
    bolt, web = _free_ports()
    with open(root / "out.log", "wb") as log:
        server = subprocess.Popen(
            ["sh", "-c", _LIFELINE, "govgraph-engine", *_command(root, bolt, web, memory)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=root,
            pass_fds=[owner.fileno()],
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if name not in _JAVA_VARIABLES},
        )
    signal.signal(signal.SIGTERM, _end)
    try:
        while not _ready(web):
            if server.poll() is not None:
                sys.exit(1)
            time.sleep(_TICK)
        at = {"bolt": bolt, "http": web, "writer": writer, "reader": reader, "pid": os.getpid()}
        write_private(state, json.dumps(at))
        _wait_until_idle(server, clients, state, idle)
    finally:
        state.unlink(missing_ok=True)
        assert server.stdin is not None
        server.stdin.close()
        fcntl.flock(clients, fcntl.LOCK_UN)
        server.wait(_STOP_WITHIN)


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def _own(root: Path) -> IO[str]:
    """The lock that makes this the one supervisor; waits for a server that is still closing."""
    owner = open(root / "owner.lock", "a")  # noqa: SIM115 - held as long as this process lives
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return owner
        except BlockingIOError:
            if _running(root):
                break
            time.sleep(_TICK)
    sys.exit(_OWNED_BY_ANOTHER)


def _wait_until_idle(server: subprocess.Popen[bytes], clients: IO[str], state: Path, idle: float) -> None:
    """Returns when the server ended, was told to stop, or nobody held a lease for ``idle`` seconds.

    In the last case the lock is held exclusively, so that no client gets between the last look and the end.
    """
    seen = time.monotonic()
    while server.poll() is None and state.exists():
        time.sleep(min(0.25, idle / 4))
        try:
            fcntl.flock(clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            seen = time.monotonic()
            continue
        if time.monotonic() - seen >= idle:
            return
        fcntl.flock(clients, fcntl.LOCK_UN)


def _prepare(root: Path, writer: tuple[str, str], reader: tuple[str, str]) -> None:
    """The server's users, groups and the name of its database; what an earlier server left behind is cleared away."""
    (root / "config").mkdir(exist_ok=True)
    users = [_user(*writer, group="admin"), _user(*reader, group="reader")]
    write_private(root / "config/server-users.jsonl", "".join(json.dumps(user) + "\n" for user in users))
    write_private(root / "config/server-groups.json", json.dumps(_GROUPS))
    if not (root / "current").exists():
        switch(root, new_database())
    shutil.rmtree(root / "log", ignore_errors=True)
    for half in root.glob("*.new"):
        half.unlink(missing_ok=True)
    for left in (root / "databases").glob(DATABASE + "*"):
        if left.name != current(root):
            shutil.rmtree(left, ignore_errors=True)


def _group(*access: str, records: tuple[str, ...] = ()) -> dict[str, object]:
    return {"resultSetLimit": -1, "readTimeout": -1, "access": access, "types": {"*": {"access": records}}}


# Under "*" a group holds for every database, one created later included. The read door is the group without any right
# to write: the server does not honour the READ access mode of a session.
_GROUPS = {
    "databases": {
        "*": {
            "groups": {
                "admin": _group(
                    "updateSecurity",
                    "updateSchema",
                    "updateDatabaseSettings",
                    records=("createRecord", "readRecord", "updateRecord", "deleteRecord"),
                ),
                "reader": _group(records=("readRecord",)),
                "*": _group(),
            }
        }
    },
    "version": 2,
}


def _user(name: str, password: str, *, group: str) -> dict[str, object]:
    """A line of the server's user file. It hashes with the text of the salt, not with its bytes.

    Few rounds are enough and start faster: the password is 24 random bytes, not a word that can be guessed.
    """
    rounds, salt = 1000, base64.b64encode(secrets.token_bytes(32)).decode()
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), rounds, 32)
    text = f"PBKDF2WithHmacSHA256${rounds}${salt}${base64.b64encode(digest).decode()}"
    return {"name": name, "databases": {"*": [group]}, "password": text}


def _command(root: Path, bolt: int, web: int, memory: str) -> list[str]:
    home = java_home()
    jars = [str(jar) for jar in sorted((home / "jars").glob("*.jar")) if not jar.name.startswith(_UNUSED_JARS)]
    options = {
        "server.rootPath": root,
        "server.databaseDirectory": root / "databases",
        "server.defaultDatabases": f"{current(root)}[]",
        "server.httpIncomingHost": LOOPBACK,
        "server.httpIncomingPort": web,
        "server.httpBodyContentMaxSize": 1 << 40,
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "server.mode": "development",  # "production" hides the text of query errors
        "serverMetrics": "false",
        "bolt.host": LOOPBACK,
        "bolt.port": bolt,
        "txWalFlush": 1,
        "opencypher.loadCsv.allowFileUrls": "false",
        "opencypher.loadCsv.allowRemoteUrls": "false",
    }
    return [
        str(home / "jre/bin/java"),
        "-Xms64m",
        f"-Xmx{memory}",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",  # no file in the folder for temporary ones
        "--add-modules=jdk.incubator.vector",
        "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
        "-Dpolyglot.engine.WarnInterpreterOnly=false",
        *(f"-Darcadedb.{name}={value}" for name, value in options.items()),
        "-cp",
        os.pathsep.join(jars),
        "com.arcadedb.server.ArcadeDBServer",
    ]


def _ready(web: int) -> bool:
    """HTTP opens last, when the database is there."""
    connection = http.client.HTTPConnection(LOOPBACK, web, timeout=5)
    try:
        connection.request("GET", "/api/v1/ready")
        return connection.getresponse().status == 204
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind((LOOPBACK, 0))
        other.bind((LOOPBACK, 0))
        return one.getsockname()[1], other.getsockname()[1]


def write_private(path: Path, text: str) -> None:
    """The whole new content or the old, never half; readable by the user alone."""
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")  # several processes may write at once
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


if __name__ == "__main__":
    supervise(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
