"""What goes wrong with a call, as an error that says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Literal, Optional, Union

if TYPE_CHECKING:
    from .shapes import ErrorCode

#: Codes of the client's own, where Latchkey said none: something in front of it answered (`unknown`), there was no answer
#: (`unreachable`), none in time (`timeout`), or one that is no JSON (`unreadable`).
ClientCode = Literal["unknown", "unreachable", "timeout", "unreadable"]


class LatchkeyError(Exception):
    """What Latchkey refused, and what to do about it. `code` is stable, `message` is a sentence for people.

    `status` is 0 where there was no answer; `retry_after` is in seconds, None where the answer names none; `request_id` is to
    ask the operator about; `param` is the field of the request that is wrong, `docs` the page about the error. Of `scope_missing`, `scopes` are what is known to be needed and `reconnect_url` is where a user of the page gives it. Later versions may say codes that are not in the union.
    """

    def __init__(
        self,
        status: int,
        code: "Union[ErrorCode, ClientCode]",
        message: str,
        request_id: Optional[str] = None,
        retry_after: Optional[int] = None,
        param: Optional[str] = None,
        docs: Optional[str] = None,
        scopes: Optional[List[str]] = None,
        reconnect_url: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code: "Union[ErrorCode, ClientCode]" = code
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        self.param = param
        self.docs = docs
        self.scopes = scopes
        self.reconnect_url = reconnect_url
