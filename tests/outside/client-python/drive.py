"""Makes the calls, and verifies the deliveries, that stand in its input; prints what came of each. Nobody waits: waits are noted."""

import json
import sys
import time
from typing import Any, Callable, Dict, List

from latchkey_client import Latchkey, LatchkeyError, WebhookError, proxy_url, verify_webhook
from latchkey_client.client import LISTS

given: Dict[str, Any] = json.load(sys.stdin)
waits: List[float] = []
time.sleep = waits.append


def outcome(run: Callable[[], Any]) -> Dict[str, Any]:
    waits.clear()
    try:
        return {"answer": run(), "waits": list(waits)}
    except LatchkeyError as error:
        names = ("status", "code", "message", "request_id", "retry_after", "param", "docs")
        return {**{name: getattr(error, name) for name in names}, "waits": list(waits)}
    except WebhookError as error:
        return {"code": error.code}
    except ValueError as error:
        return {"mistake": str(error)}


def call(one: Dict[str, Any]) -> Any:
    latchkey = Latchkey(given["origin"], key="k", **one.get("client", {}))
    if one["method"] == "each":
        return [item["id"] for item in latchkey.each(one["path"], **one.get("options", {}))]
    return latchkey.call(one["method"], one["path"], **one.get("options", {}))


calls = [outcome(lambda one=one: call(one)) for one in given.get("calls", [])]
deliveries = [
    outcome(lambda one=one: verify_webhook(one["secret"], one["headers"], one["body"], now=given["now"]))
    for one in given.get("deliveries", [])
]
addresses = [outcome(lambda one=one: proxy_url(**one)) for one in given.get("addresses", [])]
print(json.dumps({"calls": calls, "deliveries": deliveries, "addresses": addresses, "lists": list(LISTS)}))
