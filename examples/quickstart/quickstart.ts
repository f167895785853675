/** Connects one user and calls GitHub as them. Needs ORIGIN, KEY, INTEGRATION and RETURN_TO; asks for the code that comes back. */
import { createInterface } from "node:readline/promises";
import { answered, createLatchkey } from "latchkey-client";
import * as z from "zod";

const { ORIGIN = "", KEY = "", INTEGRATION = "", RETURN_TO = "" } = process.env;
const [user, integration] = ["u-1", INTEGRATION];
const latchkey = createLatchkey({ origin: ORIGIN, key: KEY, user });

const wish = { user, integration, return_to: RETURN_TO };
const { connect_url } = await answered(latchkey.POST("/connect-sessions", { body: wish }));
console.log(connect_url);
const connection_code = await createInterface(process.stdin).question("");
const finalized = latchkey.POST("/connections/finalize", { body: { user, connection_code } });
const { status, label } = await answered(finalized);
console.log(status);
// A user may have connected several accounts: the label says which one is called.
const headers = { Authorization: `Bearer ${KEY}`, "X-Latchkey-User": user };
const account = await fetch(`${ORIGIN}/proxy/${integration}@${label}/user`, { headers });
console.log(z.object({ login: z.string() }).parse(await account.json()).login);
process.stdin.destroy();
