"""Connects one user and calls GitHub as them. Needs ORIGIN, KEY, INTEGRATION and RETURN_TO; asks for the code that comes back."""
import json, os
from urllib.request import Request, urlopen

ORIGIN, KEY, INTEGRATION, RETURN_TO = (os.environ[name] for name in ("ORIGIN", "KEY", "INTEGRATION", "RETURN_TO"))

def api(path, body=None):
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "X-Latchkey-User": "u-1"}
    return json.load(urlopen(Request(ORIGIN + path, headers=headers, data=body and json.dumps(body).encode())))

session = {"user": "u-1", "integration": INTEGRATION, "return_to": RETURN_TO}
print(api("/connect-sessions", session)["connect_url"], flush=True)
connection = api("/connections/finalize", {"user": "u-1", "connection_code": input()})
print(connection["status"])
# A user may have connected several accounts: the label says which one is called.
print(api(f"/proxy/{INTEGRATION}@{connection['label']}/user")["login"])
