"""Latchkey's API for Python: calls, lists, webhooks, and the address of the proxy. Nothing but the standard library is needed."""

from .client import Latchkey
from .errors import LatchkeyError
from .sdks import proxy_url
from .webhooks import WebhookError, verify_webhook

__all__ = ["Latchkey", "LatchkeyError", "WebhookError", "proxy_url", "verify_webhook"]
__version__ = "0.2.0"
