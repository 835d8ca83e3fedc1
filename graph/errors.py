"""What can go wrong, as one small tree. The command line turns it into exit codes, the service into HTTP problems."""

from __future__ import annotations


class GovgraphError(Exception):
    """A problem that the user can understand: the thing, the expectation, the remedy, in one message."""

    exit_code = 2


class BadInput(GovgraphError):
    """What was given cannot be read or is not allowed: a file, a date, a name of a type."""


class NotFound(GovgraphError):
    """Nothing of that name, id or key is known."""


class Refused(GovgraphError):
    """A statement that a reader may not run."""


class Busy(GovgraphError):
    """Another process is writing to the workspace."""


class EngineFailure(GovgraphError):
    """The graph engine did not start, broke, or took too long."""

    exit_code = 3


class Damaged(EngineFailure):
    """The private server's files are not what they were. The graph can be built again from the claims."""


class Moved(EngineFailure):
    """A load changed the graph between the statements of one answer. `consistent` asks again."""


def stopped(timeout: float) -> EngineFailure:
    """The failure of a query that took longer than it may, in seconds."""
    return EngineFailure(
        f"the query was stopped after {timeout:g} s; narrow it, or allow more with GOVGRAPH_QUERY_TIMEOUT"
    )
