#!/usr/bin/env bash
# Connects one user and calls GitHub as them. Needs ORIGIN, KEY, INTEGRATION and RETURN_TO; asks for the code that comes back.
set -euo pipefail
api() { curl -sS -X "$1" "$ORIGIN$2" -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" -d "$3"; }
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" <<<"$(cat)"; }
api POST /connect-sessions "{\"user\":\"u-1\",\"integration\":\"$INTEGRATION\",\"return_to\":\"$RETURN_TO\"}" | field connect_url
read -r code
connection=$(api POST /connections/finalize "{\"user\":\"u-1\",\"connection_code\":\"$code\"}")
field status <<<"$connection"
# A user may have connected several accounts: the label says which one is called.
curl -sS "$ORIGIN/proxy/$INTEGRATION@$(field label <<<"$connection")/user" -H "Authorization: Bearer $KEY" -H "X-Latchkey-User: u-1" | field login
