"""What an integrator does with the package: what is given comes as a variable, what was seen is printed."""

import json
import os
from urllib.request import Request, urlopen

from latchkey_client import Latchkey, LatchkeyError, WebhookError, proxy_url, verify_webhook

given = json.loads(os.environ["GIVEN"])
origin: str = given["origin"]
key: str = given["key"]
integration: str = given["integration"]
connection: str = given["connection"]
secret: str = given["secret"]
headers: "dict[str, str]" = given["delivery"]["headers"]
body: str = given["delivery"]["body"]

latchkey = Latchkey(origin, key=key)
standing = latchkey.get("/integrations/{integration}/credentials", params={"integration": integration})

items: "list[str]" = []
for item in latchkey.each("/integrations/{integration}/load", params={"integration": integration}, query={"limit": 3}):
    items.append(item["name"])
    if len(items) == 7:
        break

refusal = None
try:
    latchkey.delete("/connections/{connection}", params={"connection": connection})
except LatchkeyError as error:
    refusal = error

request = Request(proxy_url(origin, integration) + "/user", headers={"Authorization": f"Bearer {key}"})
with urlopen(request) as answer:
    login: str = json.load(answer)["login"]

event = verify_webhook(secret, headers, body)
forged = ""
try:
    verify_webhook(secret, headers, body.replace("created", "removed"))
except WebhookError as error:
    forged = error.code

unreachable = ""
try:
    Latchkey("http://127.0.0.1:1", retries=0).get("/health")
except LatchkeyError as error:
    unreachable = error.code

seen = {
    "standing": standing["status"],
    "items": items,
    "code": refusal and refusal.code,
    "status": refusal and refusal.status,
    "login": login,
    "event": event["type"],
    "connection": event["data"]["connection"],
    "forged": forged,
    "unreachable": unreachable,
}
print(json.dumps(seen))
