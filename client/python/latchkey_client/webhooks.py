"""What Latchkey tells an app's webhook, once it is proven to come from there (Standard Webhooks, HMAC with SHA-256)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from typing import TYPE_CHECKING, Any, Dict, Literal, Mapping, Optional, Sequence, Union, cast

if TYPE_CHECKING:
    from .shapes import WebhookEvent

SECRET_PREFIX = "whsec_"
TOLERANCE_SECONDS = 300

WebhookErrorCode = Literal["missing_header", "wrong_time", "wrong_signature", "wrong_body"]


class WebhookError(Exception):
    """A delivery that is not to be believed: answer 400."""

    def __init__(self, code: WebhookErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: WebhookErrorCode = code


def verify_webhook(
    secret: Union[str, Sequence[str]],
    headers: Mapping[str, str],
    body: Union[str, bytes],
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: Optional[float] = None,
) -> "WebhookEvent":
    """The event that a request brings. `id` is the same each time it is delivered.

    `secret` is what `PUT /apps/{app}/webhook` answered; several while one takes the other's place. `body` is as it came, byte
    for byte. `tolerance` and `now` are in seconds. Of a `type` that is not known answer 2xx, and leave it be.

    Raises WebhookError for what is not to be believed, ValueError for a secret that is none.
    """
    keys = [_key(one) for one in ([secret] if isinstance(secret, str) else secret)]
    lower = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp, signatures = (
        _header(lower, name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    clock = time.time() if now is None else now
    if not re.fullmatch(r"[0-9]{1,15}", timestamp) or abs(clock - int(timestamp)) > tolerance:
        raise WebhookError("wrong_time", "The delivery's timestamp is too far from now.")
    content = body.encode() if isinstance(body, str) else bytes(body)
    signed = f"{message_id}.{timestamp}.".encode() + content
    right = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    said = [_signature(word) for word in signatures.split(" ")]
    # Every pair is compared, each in the same time wherever two differ.
    if not any([hmac.compare_digest(one, other) for one in right for other in said]):
        raise WebhookError("wrong_signature", "No signature of the delivery is of its content with this secret.")
    return _event(message_id, content)


#: What an event has besides its id.
_FIELDS = {"type": str, "timestamp": str, "data": dict}


def _event(message_id: str, content: bytes) -> "WebhookEvent":
    try:
        event: Any = json.loads(content)
        fields = {name: event[name] for name in _FIELDS}
    except (ValueError, TypeError, LookupError):
        fields: Dict[str, Any] = {}
    if not fields or not all(isinstance(fields[name], kind) for name, kind in _FIELDS.items()):
        raise WebhookError("wrong_body", "The delivery is signed, and no event.")
    return cast("WebhookEvent", {"id": message_id, **fields})


def _key(secret: str) -> bytes:
    text = secret[len(SECRET_PREFIX) :] if secret.startswith(SECRET_PREFIX) else secret
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError("The secret of a webhook is whsec_ and base64.")
    return key


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise WebhookError("missing_header", f"There is no {name}.")
    return value


def _signature(word: str) -> bytes:
    """Of `v1,<base64>`; nothing for another version, which cannot be checked."""
    version, _, text = word.partition(",")
    try:
        return base64.b64decode(text, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""
