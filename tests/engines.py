"""A real Neo4j for the tests: the jars of the server from Maven, on the Java in the wheel of the embedded engine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import neo4j

from govgraph.graph.engine import java_home

VERSION = "5.26.30"
JARS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "govgraph-tests" / f"neo4j-{VERSION}"
PASSWORD = "only-for-the-tests"
MISSING = f"Neo4j {VERSION} cannot be fetched without Maven; run: apt-get install maven"

POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>tests</groupId><artifactId>neo4j</artifactId><version>1</version>
<packaging>pom</packaging><dependencies>
<dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>{VERSION}</version></dependency>
<dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version></dependency>
</dependencies></project>
"""

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
    if not (JARS / "lib").exists():
        if shutil.which("mvn") is None:
            raise Missing(MISSING)
        new = JARS.with_name(f"{JARS.name}.{os.getpid()}")
        new.mkdir(parents=True)
        (new / "pom.xml").write_text(POM)
        try:
            command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib"]
            subprocess.run(command, cwd=new, check=True, timeout=900, env={"JAVA_HOME": str(java_home() / "jre")} | os.environ)
            new.rename(JARS)
        except (OSError, subprocess.SubprocessError) as error:
            if not (JARS / "lib").exists():  # another run was quicker
                raise Missing(f"Neo4j {VERSION} could not be fetched from Maven's repository: {error}") from error
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return JARS / "lib"


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
        entry = ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
        self._log = open(home / "out.log", "wb")  # noqa: SIM115
        self._process = subprocess.Popen([*java, *entry], stdout=self._log, stderr=subprocess.STDOUT)
        self._wait(home / "out.log")
        self.driver = neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", PASSWORD))

    def _wait(self, log: Path) -> None:
        end = time.monotonic() + 120
        while True:
            try:
                with neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", "neo4j")) as first:
                    first.execute_query(f"ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO '{PASSWORD}'", database_="system")
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
