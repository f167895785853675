"""How SDKs are pointed at Latchkey's proxy: its address takes the place of the service's own, a user's key that of the token."""

from __future__ import annotations

import re
from typing import Optional
from urllib.parse import urlsplit

_PART = re.compile(r"[\w.-]*[\w-]", re.ASCII)


def proxy_url(origin: str, integration: str, *, label: Optional[str] = None, host: Optional[str] = None) -> str:
    """In the place of the service's API, without a slash at its end.

    `label` names one of several accounts, `host` a further host of the same service: docs/proxy.md has which there are.
    Raises ValueError for a part that would make it another address.
    """
    for part in (integration, label, host):
        if part is not None and not _PART.fullmatch(part):
            raise ValueError(f"not a part of a proxy's address: {part!r}")
    at = urlsplit(origin)
    account = integration if label is None else f"{integration}@{label}"
    return f"{at.scheme}://{at.netloc}/proxy/{account}" + ("" if host is None else f"/~{host}")
