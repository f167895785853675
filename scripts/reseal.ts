/**
 * `npm run reseal -- https://connect.example.com [CURSOR]`: seals everything a deployment holds anew with its active key, with the
 * ADMIN_KEY of the environment. When it says that everything is, the old key may be taken out of SEALING_KEYS a day later.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Resealed } from "../src/api.ts";

const [deployment, from = null, ...rest] = process.argv.slice(2);
const key = process.env["ADMIN_KEY"];
/** A deployment that does not answer has ten seconds to come back to itself: a round over all vaults may take hours. */
const RETRY_AFTER_MS = [500, 2000, 8000];

/** Where the page begins that is being asked for; null: with the first. */
let cursor = from;

/** What a deployment has refused for good: the same is not asked again. */
class Refused extends Error {}

/** One page of vaults. @throws Error with what the deployment said */
async function ask(): Promise<Resealed> {
  const url = new URL("/keys/reseal", deployment);
  if (cursor !== null) url.searchParams.set("cursor", cursor);
  const response = await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${key}` }, redirect: "error" });
  const text = await response.text();
  if (response.ok) return Resealed.parse(JSON.parse(text));
  const sentence = `The deployment answered ${response.status}: ${text.slice(0, 500)}`;
  throw response.status < 500 ? new Refused(sentence) : new Error(sentence);
}

/** The same, with patience once a page has been had: it is there, then. */
async function reseal(): Promise<Resealed> {
  for (const wait of cursor === null ? [] : RETRY_AFTER_MS) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refused) throw error;
      await sleep(wait);
    }
  }
  return ask();
}

/** One round over all vaults, or over those from the cursor on. */
async function round(): Promise<Omit<Resealed, "cursor">> {
  const sum = { vaults: 0, resealed: 0, left: 0 };
  do {
    const page = await reseal();
    sum.vaults += page.vaults;
    sum.resealed += page.resealed;
    sum.left += page.left;
    cursor = page.cursor;
    process.stdout.write(
      `\r${sum.vaults} vaults visited, ${sum.resealed} records sealed anew, ${sum.left} not possible now`,
    );
  } while (cursor !== null);
  process.stdout.write("\n");
  return sum;
}

if (!deployment || !URL.canParse(deployment) || !key || rest.length > 0) {
  console.error("Usage: ADMIN_KEY=... npm run reseal -- https://connect.example.com [CURSOR]");
  process.exit(2);
}
try {
  let [last, isWhole] = [await round(), from === null];
  while (last.resealed > 0 || !isWhole) [last, isWhole] = [await round(), true];
  if (last.left > 0)
    throw new Error(`${last.left} records cannot be opened with the keys there are. Leave the old key in.`);
  console.log(
    "Everything is sealed with the active key. The old one may go after a day, when revocations have run out.",
  );
} catch (error) {
  const reason = error instanceof Error ? error : new Error(String(error));
  const cause = reason.cause instanceof Error ? ` (${reason.cause.message})` : "";
  console.error(
    `\n${reason.message}${cause} What was sealed anew stays so; run this again to go on${cursor === null ? "" : `, from here: ${cursor}`}.`,
  );
  process.exitCode = 1;
}
