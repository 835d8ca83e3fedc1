"""A real Neo4j for the tests: the jars of the server from Maven, on the Java in the wheel of the embedded engine.

`GOVGRAPH_TEST_NEO4J` names another version, such as 2026.08.1.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import neo4j

from govgraph.graph.engine import java_home

VERSION = os.environ.get("GOVGRAPH_TEST_NEO4J") or "5.26.30"
SHELL = "5.26.30"  # of cypher-shell, which has releases of its own
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "govgraph-tests"
PASSWORD = "only-for-the-tests"
MAIN = "org.neo4j.server.CommunityEntryPoint" if VERSION.startswith("5.") else "org.neo4j.server.Neo4jCommunity"

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>tests</groupId><artifactId>neo4j</artifactId><version>1</version>
<packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>
"""
DEPENDENCY = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"

CONFIGURATION = """server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
dbms.usage_report.enabled=false
server.memory.heap.initial_size=128m
server.memory.heap.max_size=512m
server.memory.pagecache.size=64m
"""


class Missing(Exception):
    """What the server is made of cannot be had here."""


def jars() -> Path:
    """The folder of the server's jars, fetched on first use (128 MB, ten seconds). Raises Missing without Maven."""
    return _fetched(f"neo4j-{VERSION}", ("org.neo4j.app", "neo4j-server", VERSION), ("org.neo4j", "neo4j", VERSION))


def cypher_shell() -> list[str]:
    """The command that runs cypher-shell, fetched on first use (20 MB). Raises Missing without Maven."""
    folder = _fetched(f"cypher-shell-{SHELL}", ("org.neo4j", "cypher-shell", SHELL))
    return [str(java_home() / "jre/bin/java"), "-cp", f"{folder}/*", "org.neo4j.shell.Main"]


def _fetched(name: str, *artifacts: tuple[str, str, str]) -> Path:
    """The folder of these artifacts from Maven and all that they need."""
    folder = CACHE / name
    if not (folder / "lib").exists():
        if shutil.which("mvn") is None:
            raise Missing(f"{name} cannot be fetched without Maven; run: apt-get install maven")
        new = folder.with_name(f"{name}.{os.getpid()}")
        new.mkdir(parents=True)
        (new / "pom.xml").write_text(POM.format(dependencies="".join(DEPENDENCY.format(*one) for one in artifacts)))
        try:
            command = [
                "mvn",
                "-q",
                "-B",
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                "-DoutputDirectory=lib",
            ]
            java = {} if shutil.which("java") else {"JAVA_HOME": str(java_home() / "jre")}
            subprocess.run(command, cwd=new, check=True, timeout=900, env=java | os.environ)
            new.rename(folder)
        except (OSError, subprocess.SubprocessError) as error:
            if not (folder / "lib").exists():  # another run was quicker
                raise Missing(f"{name} could not be fetched from Maven's repository: {error}") from error
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return folder / "lib"


class Neo4j:
    """A server of its own in a folder, on a free port of loopback."""

    def __init__(self, home: Path) -> None:
        (home / "conf").mkdir(parents=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.uri = f"bolt://127.0.0.1:{port}"
        (home / "conf/neo4j.conf").write_text(CONFIGURATION.format(port=port))
        java = [str(java_home() / "jre/bin/java"), "-Xmx512m", "-XX:+UseSerialGC", "-cp", f"{jars()}/*"]
        java += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")]
        entry = [MAIN, f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
        self._log = open(home / "out.log", "wb")  # noqa: SIM115
        self._process = subprocess.Popen([*java, *entry], stdout=self._log, stderr=subprocess.STDOUT)
        self._wait(home / "out.log")
        self.driver = neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", PASSWORD))

    def _wait(self, log: Path) -> None:
        end = time.monotonic() + 120
        while True:
            try:
                with neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", "neo4j")) as first:
                    first.execute_query(
                        f"ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO '{PASSWORD}'", database_="system"
                    )
                return
            except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError, OSError):
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"Neo4j did not start; see {log}:\n{log.read_text()[-2000:]}") from None
                time.sleep(0.2)

    def empty(self) -> None:
        self.driver.execute_query("MATCH (n) DETACH DELETE n")

    def stop(self) -> None:
        self.driver.close()
        self._process.kill()  # its data is thrown away; ending in good order takes it ten seconds
        self._process.wait()
        self._log.close()
