/** Connects one user and calls GitHub as them. Needs ORIGIN, KEY, INTEGRATION and RETURN_TO; asks for the code that comes back. */
import { createInterface } from "node:readline/promises";

const { ORIGIN, KEY, INTEGRATION, RETURN_TO } = process.env;
const headers = { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json", "X-Latchkey-User": "u-1" };
const post = async (path: string, body: object) =>
  (await fetch(ORIGIN + path, { method: "POST", headers, body: JSON.stringify(body) })).json();

const session = await post("/connect-sessions", { user: "u-1", integration: INTEGRATION, return_to: RETURN_TO });
console.log(session.connect_url);
const connection_code = await createInterface(process.stdin).question("");
console.log((await post("/connections/finalize", { user: "u-1", connection_code })).status);
console.log((await (await fetch(`${ORIGIN}/proxy/${INTEGRATION}/user`, { headers })).json()).login);
process.stdin.destroy();
