"""Lines of claims, checked on all cores: what a large import spends most of its own time on.

Run as a program this module is one of the checkers: chunks of lines come in on standard input and what became of them
goes out, both pickled, until the input ends, as it does when the process that imports dies.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

from .claim import Checker, Claim
from .errors import BadInput, EngineFailure

Line = tuple[int, str]
"""Number (from 1) and text."""
Checked = tuple[str, list[tuple[int, str]], dict[str, tuple[int, int]]]
"""Rows for the log's staging; refusals (line, reason); notes, each with how often and the first line."""
Task = tuple[Sequence[str], str, Sequence[Line], int]
"""Sources declared meanwhile, file, lines, and the sequence number before the first of them."""

CHUNK = 4000  # lines
LARGE = 16 << 20  # bytes; less is checked before the others have started
_AHEAD = 2  # chunks that a checker is given before its answer to the first
_DECLARES = re.compile(r'"kind"\s*:\s*"source"|\\u00[67]')  # the latter may spell the former


def row(seq: int, event: str, id: str, digest: str, claim: str, file: str, line: int) -> str:
    """A line of the file that `log.Staging` reads."""
    head = json.dumps([seq, event, id, digest, file, line], ensure_ascii=False)
    return f'{{"head":{head},"claim":{claim}}}\n'


def check(checker: Checker, file: str, lines: Iterable[Line], seq: int) -> Checked:
    """Check lines in their order. Each takes a sequence number, refused or not."""
    rows: list[str] = []
    refusals: list[tuple[int, str]] = []
    notes: dict[str, tuple[int, int]] = {}
    for number, text in lines:
        seq += 1
        try:
            claim: Claim = checker.line(text)
        except BadInput as error:
            refusals.append((number, str(error)))
            continue
        rows.append(row(seq, "claim", claim.id, claim.digest, claim.text, file, number))
        for note in claim.notes:
            count, first = notes.get(note, (0, number))
            notes[note] = count + 1, first
    return "".join(rows), refusals, notes


def check_all(
    checker: Checker, file: Path, lines: Iterable[Line], seq: int, texts: Texts
) -> Iterator[tuple[int, Checked]]:
    """Check the lines of a file in their order, chunk by chunk; with each, how many lines it had.

    A large file is checked by as many processes as there are cores, with the same result. `checker` then only follows
    which sources were declared.
    """
    chunks = _chunks(lines)
    if _cores() < 2 or file.stat().st_size < LARGE:
        for chunk in chunks:
            yield len(chunk), check(checker, str(file), chunk, seq)
            seq += len(chunk)
        return
    with _checkers(_cores(), (sorted(checker.sources), texts)) as checkers:
        waiting: list[tuple[int, _Process]] = []
        for number, chunk in enumerate(chunks):
            chosen = checkers[number % len(checkers)]
            if len(waiting) >= _AHEAD * len(checkers):
                count, first = waiting.pop(0)
                yield count, first.answer()
            chosen.ask(str(file), chunk, seq)
            waiting.append((len(chunk), chosen))
            seq += len(chunk)
            if fresh := _declared(checker, chunk):
                for one in checkers:
                    if one is not chosen:  # who checks the chunk meets them in it
                        one.declared += fresh
        for count, left in waiting:
            yield count, left.answer()


class Texts:
    """The texts of sources as a workspace holds them: by the hash of the source's file, in a folder."""

    def __init__(self, folder: Path, hashes: Mapping[str, str | None]) -> None:
        self.folder, self.hashes = folder, hashes
        self._stored = lru_cache(maxsize=8)(self._read)

    def __call__(self, source: str) -> str | None:
        return self._stored(self.hashes.get(source))

    def __reduce__(self) -> tuple[object, ...]:
        return Texts, (self.folder, self.hashes)

    def _read(self, sha256: str | None) -> str | None:
        file = self.folder / f"{sha256}.txt"
        return read_text(file) if sha256 and file.exists() else None


def read_text(file: Path) -> str:
    """A stored text, to the character: line ends are as they were written."""
    with open(file, encoding="utf-8", newline="") as handle:
        return handle.read()


def _declared(checker: Checker, chunk: Iterable[Line]) -> list[str]:
    """Have the checker meet the sources that these lines declare; the ids that are new to it."""
    before = set(checker.sources)
    for _, text in chunk:
        if _DECLARES.search(text):
            try:
                checker.line(text)
            except BadInput:
                continue
    return sorted(checker.sources - before)


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    left = iter(lines)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Process:
    """One checker, and the thread that takes its answers, so that neither ever waits for the other to read."""

    def __init__(self, start: tuple[Sequence[str], Texts]) -> None:
        command = [sys.executable, "-P", "-m", "govgraph.graph.checking"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.declared: list[str] = []
        self._answers: SimpleQueue[Checked | None] = SimpleQueue()
        self._send(start)
        Thread(target=self._listen, daemon=True).start()

    def ask(self, file: str, lines: Sequence[Line], seq: int) -> None:
        task: Task = self.declared, file, lines, seq
        self._send(task)
        self.declared = []

    def answer(self) -> Checked:
        """The next answer. Raises EngineFailure if the checker died."""
        found = self._answers.get()
        if found is None:
            raise EngineFailure("a process that checks claims has died; nothing was taken in, import again")
        return found

    def end(self) -> None:
        self.process.kill()  # it holds nothing
        self.process.wait()
        assert self.process.stdin
        with suppress(BrokenPipeError):  # of what was still to be sent
            self.process.stdin.close()

    def _send(self, what: object) -> None:
        assert self.process.stdin
        try:
            pickle.dump(what, self.process.stdin)
            self.process.stdin.flush()
        except BrokenPipeError:
            self._answers.put(None)

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as answers:
            while True:
                try:
                    self._answers.put(pickle.load(answers))
                except (EOFError, OSError, pickle.UnpicklingError):
                    self._answers.put(None)
                    return


@contextmanager
def _checkers(count: int, start: tuple[Sequence[str], Texts]) -> Iterator[list[_Process]]:
    running: list[_Process] = []
    try:
        for _ in range(count):
            running.append(_Process(start))
        yield running
    finally:
        for one in running:
            one.end()


def _serve(tasks: IO[bytes], answers: IO[bytes]) -> None:
    sources, texts = pickle.load(tasks)
    checker = Checker(set(sources), texts)
    while True:
        try:
            declared, file, lines, seq = pickle.load(tasks)
        except EOFError:
            return
        checker.sources.update(declared)
        pickle.dump(check(checker, file, lines, seq), answers)
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who imports hears it too, and ends this
    try:
        _serve(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, EOFError):
        sys.exit(0)
