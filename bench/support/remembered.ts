/** How much a heap holds of callers that are remembered: what an isolate remembers is plain data, and V8 is the same here. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";
import type { Session } from "../../src/apps/sessions.ts";
import { DEFAULT_APP, type AccessToken } from "../../src/connections/connection.ts";
import { digest } from "../../src/crypto.ts";
import { Memory } from "../../src/memory.ts";

setFlagsFromString("--expose-gc");
const collect = z.custom<() => void>((value) => typeof value === "function").parse(runInNewContext("gc"));

const INTEGRATION = "github";
const HOUR_MS = 3_600_000;

/** Bytes of the heap, of so many callers one after the other, each with a key and a token of so many characters. */
export function bytesOfCallers(callers: number, token_length: number): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  const memory = new Memory();
  for (let caller = 0; caller < callers; caller += 1) rememberOne(memory, caller, token_length);
  collect();
  const held = process.memoryUsage().heapUsed - before;
  // It is still there when it is measured.
  memory.calls.sums.clear();
  return held;
}

function rememberOne({ sessions, tokens }: Memory, caller: number, token_length: number): void {
  const name = String(caller).padStart(43, "x");
  const expires_at = Date.now() + HOUR_MS;
  const about = {
    app: DEFAULT_APP,
    user: name,
    place: null,
    maker: null,
    grant: null,
    name: "bench",
    created_at: 0,
    expires_at,
  };
  const session: Session = { ...about, vault: name, key: "bench", kind: "key", scopes: ["read", "proxy"] };
  // As from a record: nothing of one is shared with another.
  sessions.note(own(`lk_${name}${name}`), own(digest(name)), structuredClone(session), sessions.mark);
  const token: AccessToken = {
    access_token: name.padEnd(token_length, "x"),
    details: {},
    expires_at,
    epoch: 1,
    generation: 1,
    times: { copy_until: expires_at, refresh_from: expires_at, refresh_by: expires_at },
    place: INTEGRATION,
    connection: `con_${name}_${INTEGRATION}`,
  };
  tokens.set(own(`${DEFAULT_APP}\n${INTEGRATION}\n${name}`), structuredClone(token));
}

/** The same text, in one piece. */
const own = (text: string): string => structuredClone(text);
