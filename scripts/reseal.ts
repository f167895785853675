/**
 * `npm run reseal -- https://connect.example.com`: seals everything a deployment holds anew with its active key, with the
 * ADMIN_KEY of the environment. When it says that everything is, the old key may be taken out of SEALING_KEYS a day later.
 */
import { Resealed } from "../src/api.ts";

const [deployment] = process.argv.slice(2);
const key = process.env["ADMIN_KEY"];

/** One page of vaults. @throws Error with what the deployment said */
async function reseal(cursor: string | null): Promise<Resealed> {
  const url = new URL("/keys/reseal", deployment);
  if (cursor !== null) url.searchParams.set("cursor", cursor);
  const response = await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${key}` }, redirect: "error" });
  const text = await response.text();
  if (!response.ok) throw new Error(`The deployment answered ${response.status}: ${text.slice(0, 500)}`);
  return Resealed.parse(JSON.parse(text));
}

/** One round over all vaults. */
async function round(): Promise<Omit<Resealed, "cursor">> {
  const sum = { vaults: 0, resealed: 0, left: 0 };
  let cursor: string | null = null;
  do {
    const page = await reseal(cursor);
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

if (!deployment || !URL.canParse(deployment) || !key) {
  console.error("Usage: ADMIN_KEY=... npm run reseal -- https://connect.example.com");
  process.exit(2);
}
try {
  let last = await round();
  while (last.resealed > 0) last = await round();
  if (last.left > 0)
    throw new Error(`${last.left} records cannot be opened with the keys there are. Leave the old key in.`);
  console.log(
    "Everything is sealed with the active key. The old one may go after a day, when revocations have run out.",
  );
} catch (error) {
  const reason = error instanceof Error ? error : new Error(String(error));
  const cause = reason.cause instanceof Error ? ` (${reason.cause.message})` : "";
  console.error(`\n${reason.message}${cause} What was sealed anew stays so; run this again to go on.`);
  process.exitCode = 1;
}
