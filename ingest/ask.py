"""Questions to a language model behind an OpenAI-compatible endpoint: one text in, one text out, within bounded time.

Nothing is ever logged: what is raised names the endpoint and what went wrong, never the key, the text or the answer.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from govgraph.graph.errors import BadInput
from govgraph.graph.settings import Settings

LARGEST = 4 << 20
"""Bytes of an answer at most."""


class NoAnswer(Exception):
    """The model gave no answer that can be used; the text says why in a few words. `gone`: nobody is there to ask."""

    def __init__(self, why: str, gone: bool = False) -> None:
        super().__init__(why)
        self.gone = gone


@dataclass(frozen=True)
class Endpoint:
    """Where a model is asked. `timeout` is for a whole answer, in seconds."""

    url: str = field(repr=False)  # may hold a password
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 60.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Endpoint:
        """The endpoint of the settings. Raises BadInput if none is set."""
        if not settings.llm_url or not settings.llm_model:
            raise BadInput(
                "no language model is set; set GOVGRAPH_LLM_URL (such as http://localhost:11434/v1) and"
                " GOVGRAPH_LLM_MODEL, and GOVGRAPH_LLM_KEY if it asks for one"
            )
        return cls(settings.llm_url.rstrip("/"), settings.llm_model, settings.llm_key, settings.llm_timeout)

    @property
    def shown(self) -> str:
        """The address without what may be secret in it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def ask(endpoint: Endpoint, system: str, user: str) -> str:
    """What the model says. Raises NoAnswer where it says nothing in time, or nothing that has the form of an answer."""
    body: dict[str, object] = {
        "model": endpoint.model,
        "temperature": 0,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
    }
    try:
        found = _post(endpoint, body | {"response_format": {"type": "json_object"}})
    except NoAnswer as error:
        if str(error) != "status 400":  # some endpoints do not know the form that is asked for
            raise
        found = _post(endpoint, body)
    try:
        content = json.loads(found)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise NoAnswer("an answer of another form") from None
    if not isinstance(content, str):
        raise NoAnswer("an answer of another form")
    return content


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key is for one address: it is sent nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(endpoint: Endpoint, body: dict[str, object]) -> bytes:
    headers = {"Content-Type": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    data = json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(f"{endpoint.url}/chat/completions", data, headers, method="POST")
    end = time.monotonic() + endpoint.timeout
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=endpoint.timeout) as answer:
            pieces, size = [], 0
            while piece := answer.read1(1 << 16):
                pieces.append(piece)
                size += len(piece)
                if size > LARGEST:
                    raise NoAnswer("an answer that is too long")
                if time.monotonic() > end:
                    raise NoAnswer("no answer in time")
            if answer.length:
                raise NoAnswer("an answer that broke off")
            return b"".join(pieces)
    except urllib.error.HTTPError as error:
        with error:
            raise NoAnswer(f"status {error.code}") from None
    except TimeoutError:
        raise NoAnswer("no answer in time") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise NoAnswer("no answer in time") from None
        raise NoAnswer("not reachable", gone=True) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NoAnswer("an answer that broke off") from None
