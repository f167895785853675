/**
 * `npm run reseal -- https://connect.example.com`: seals everything a deployment holds anew with its active key, with the
 * ADMIN_KEY of the environment. When it says that nothing is left, the old key may be taken out of SEALING_KEYS.
 */
const [deployment] = process.argv.slice(2);
const key = process.env["ADMIN_KEY"];
if (!deployment || !key) {
  console.error("Usage: ADMIN_KEY=... npm run reseal -- https://connect.example.com");
  process.exit(2);
}

export interface Resealed {
  vaults: number;
  resealed: number;
  left: number;
  cursor: string | null;
}

/** One round over all vaults. */
async function round(): Promise<Omit<Resealed, "cursor">> {
  const sum = { vaults: 0, resealed: 0, left: 0 };
  let cursor: string | null = null;
  do {
    const url = new URL("/keys/reseal", deployment);
    if (cursor !== null) url.searchParams.set("cursor", cursor);
    const response: Response = await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${key}` } });
    const answer: unknown = await response.json();
    if (!response.ok || typeof answer !== "object" || answer === null) {
      throw new Error(`The deployment answered ${response.status}: ${JSON.stringify(answer)}`);
    }
    const page: Resealed = { vaults: 0, resealed: 0, left: 0, cursor: null, ...answer };
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

let last = await round();
while (last.resealed > 0) last = await round();
if (last.left > 0) {
  console.error(`${last.left} records cannot be opened with the keys there are. Leave the old key in.`);
  process.exit(1);
}
console.log("Everything is sealed with the active key. The old one may go after a day, when revocations have run out.");
