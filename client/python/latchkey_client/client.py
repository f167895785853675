"""Calling Latchkey: its paths and shapes are those of its OpenAPI document, /openapi.json."""

from __future__ import annotations

import json
import random
import socket
import time
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Dict, Iterator, Mapping, NamedTuple, Optional, Set, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from .errors import LatchkeyError

if TYPE_CHECKING:
    from .shapes import ErrorCode

#: Doing them twice does what doing them once does (RFC 9110 9.2.2).
REPEATABLE = frozenset(["GET", "HEAD", "PUT", "DELETE"])
#: "Come back later"; after anything else nobody knows what was done, or it would go wrong again.
LATER = frozenset([429, 503])
#: A 503 of these lasts until somebody changes a setting.
LASTING = frozenset(["not_configured", "key_unavailable"])
#: The first of two calls with one key is still being carried out.
UNDER_WAY = "request_under_way"
FIRST_WAIT_SECONDS = 0.5

#: Which field of a page has the list.
LISTS = {
    "/apps": "apps",
    "/apps/{app}/events": "events",
    "/apps/{app}/requests": "requests",
    "/calls": "calls",
    "/catalogue": "services",
    "/connections": "connections",
    "/integrations/{integration}/load": "items",
    "/jobs/{job}/receipts": "receipts",
}

SENTENCES = {
    "unreachable": "Latchkey cannot be reached. Check its address and your internet connection, then try again.",
    "timeout": "Latchkey took too long to answer. Try again in a moment.",
    "unreadable": "Latchkey's answer could not be read. Try again in a moment.",
}


def _to_header(text: str) -> str:
    """Text as it stands in a header: ASCII as it is, all else as RFC 8187 3.2.1 has it."""
    if text.isascii() and text.isprintable() and not text.lower().startswith("utf-8'"):
        return text
    return "UTF-8''" + quote(text, safe="")


class _Answer(NamedTuple):
    status: int
    headers: Message
    content: bytes


class _NoRedirect(HTTPRedirectHandler):
    """A key goes to the address that was named, and to no other."""

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any) -> None:
        return None


_opener = build_opener(_NoRedirect)


class Latchkey:
    """A client for one key and one user.

    `key` is an app's key, or a user's key or session; `user` says for which of the app's users the calls are. An answer that
    takes longer than `timeout` seconds comes too late. A call that may be repeated is made again up to `retries` times, never
    after a wait of more than `longest_wait` seconds: client/README.md says which those are.
    """

    def __init__(
        self,
        origin: str,
        *,
        key: Optional[str] = None,
        user: Optional[str] = None,
        timeout: float = 45,
        retries: int = 2,
        longest_wait: float = 30,
    ) -> None:
        self._origin = origin.rstrip("/")
        self._timeout = timeout
        self._retries = retries
        self._longest_wait = longest_wait
        self._headers: Dict[str, str] = {"Accept": "application/json", "User-Agent": "latchkey-client-python"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"
        if user is not None:
            self._headers["X-Latchkey-User"] = _to_header(user)

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Optional[Mapping[str, str]] = None,
        query: Optional[Mapping[str, Any]] = None,
        body: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Any:
        """What a call is answered with: JSON, or the bytes of a picture; None where that has no body. `params` stand for what `path` has in braces.

        Raises LatchkeyError where it was refused, was not answered, or was answered with what cannot be read.
        """
        address = self._origin + path.format_map({name: quote(value, safe="") for name, value in (params or {}).items()})
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        if asked:
            address += "?" + urlencode(asked)
        sent = {**self._headers, **(headers or {})}
        content = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        if idempotency_key is not None:
            sent["Idempotency-Key"] = idempotency_key
        return _read(self._with_retries(Request(address, method=method, headers=sent, data=content)))

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> Any:
        return self.call("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Any:
        return self.call("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.call("DELETE", path, **options)

    def each(self, path: str, *, query: Optional[Mapping[str, Any]] = None, **options: Any) -> Iterator[Any]:
        """Each entry of a list that comes in pages, page after page as they are read."""
        seen: Set[str] = set()
        cursor: Optional[str] = None
        while True:
            page = self.get(path, query={**(query or {}), **({} if cursor is None else {"cursor": cursor})}, **options)
            yield from page[LISTS[path]]
            cursor = page["next_cursor"]
            if cursor is None:
                return
            if cursor in seen:
                raise ValueError(f"{path} gives the same page again.")
            seen.add(cursor)

    def _with_retries(self, request: Request) -> _Answer:
        method = request.get_method()
        # Latchkey carries a POST that makes something out once for each key.
        is_repeatable = method in REPEATABLE or request.has_header("Idempotency-key")
        attempt = 0
        while True:
            wait = FIRST_WAIT_SECONDS * 2**attempt
            spread = wait * random.random()
            try:
                answer = self._send(request)
            except LatchkeyError as error:
                # Whoever was slow is not asked twice.
                if attempt >= self._retries or not is_repeatable or error.code != "unreachable":
                    raise
                wait += spread
            else:
                asked = retry_after_seconds(answer.headers)
                wait = (wait if asked is None else asked) + spread
                if attempt >= self._retries or not (is_repeatable and _asks_for_more(answer)) or wait > self._longest_wait:
                    return answer
            time.sleep(wait)
            attempt += 1

    def _send(self, request: Request) -> _Answer:
        """One attempt. Raises LatchkeyError where there is no answer, or a part of one."""
        try:
            try:
                with _opener.open(request, timeout=self._timeout) as response:
                    return _Answer(response.status, response.headers, response.read())
            except HTTPError as error:
                with error:
                    return _Answer(error.code, error.headers, error.read())
        except (OSError, HTTPException) as cause:
            reason = cause.reason if isinstance(cause, URLError) else cause
            # Before 3.10 a socket's own is no TimeoutError.
            is_late = isinstance(reason, (TimeoutError, socket.timeout))
            raise _unanswered("timeout" if is_late else "unreachable") from cause


def _asks_for_more(answer: _Answer) -> bool:
    code = answer.headers.get("X-Latchkey-Error")
    return code == UNDER_WAY or (answer.status in LATER and code not in LASTING)


def _read(answer: _Answer) -> Any:
    is_fine = 200 <= answer.status < 300
    if is_fine and not answer.content:
        return None
    if is_fine and (answer.headers.get("Content-Type") or "").startswith("image/"):
        return answer.content
    try:
        content: Any = json.loads(answer.content)
    except ValueError as cause:
        if is_fine:
            raise _unanswered("unreadable") from cause
        content = None
    if is_fine:
        return content
    raise _refusal(answer, content)


def _refusal(answer: _Answer, content: Any) -> LatchkeyError:
    retry_after = retry_after_seconds(answer.headers)
    try:
        code, message, request_id = content["error"], content["message"], content["request_id"]
    except (TypeError, KeyError, IndexError):
        code = message = request_id = None
    # Not every failure is Latchkey's own: the network in front of it answers in HTML.
    if not (isinstance(code, str) and isinstance(message, str) and isinstance(request_id, str)):
        sentence = f"Latchkey could not answer ({answer.status}). Try again in a moment."
        return LatchkeyError(answer.status, "unknown", sentence, None, retry_after)
    param, docs, scopes, url = (content.get(name) for name in ("param", "docs", "scopes", "reconnect_url"))
    return LatchkeyError(answer.status, cast("ErrorCode", code), message, request_id, retry_after, param, docs, scopes, url)


def _unanswered(code: Any) -> LatchkeyError:
    return LatchkeyError(0, code, SENTENCES[code])


def retry_after_seconds(headers: Message) -> Optional[int]:
    """What `Retry-After` says in either of its forms (RFC 9110 10.2.3), in seconds from now; None where it says nothing."""
    said = (headers.get("Retry-After") or "").strip()
    if said.isascii() and said.isdigit():
        return int(said)
    at = _moment(said)
    if at is None:
        return None
    # By the clock that wrote it, where that says what time it is.
    now = _moment(headers.get("Date") or "")
    return max(0, round(at - (time.time() if now is None else now)))


def _moment(text: str) -> Optional[float]:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, IndexError):
        return None
