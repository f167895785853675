/**
 * `npm run revoke -- https://connect.example.com --app app-... [--user u-1 | --integration github | --key ID] --reason "..."`, or
 * `--deployment` for all of it: takes everything back, with the ADMIN_KEY of the environment. Sessions and keys end at once; what
 * the providers say is followed to its end, and what they have not confirmed is listed. It ends with 1 where something was refused
 * or not reached. The deployment goes on by itself where this is interrupted; run again, it follows the same job.
 */
import { parseArgs } from "node:util";
import { Receipts, type Job, type Receipt } from "../src/api-jobs.ts";
import { begin, fail, follow, read, type Deployment } from "./job-progress.ts";

const USAGE = `Usage: ADMIN_KEY=... npm run revoke -- https://connect.example.com --reason "why", and one of
  --app APP                      all of an app's users, and its keys
  --app APP --user USER          one user of it
  --app APP --integration NAME   all connections of one of its integrations
  --app APP --key ID             one of its keys, with what it reaches; --keep leaves the connections
  --deployment                   everything`;

const text = { type: "string" } as const;
const OPTIONS = {
  app: text,
  user: text,
  integration: text,
  key: text,
  reason: text,
  deployment: { type: "boolean" },
  keep: { type: "boolean" },
} as const;

/** What the command line asks for; undefined where that is nothing, or two things. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    const { app, user, integration, key, reason, deployment = false, keep = false } = values;
    const named = Object.entries({ user, integration, key }).flatMap(([kind, id]) =>
      id === undefined ? [] : [{ kind, id }],
    );
    const [address = "", ...rest] = positionals;
    const isOne = deployment ? app === undefined && named.length === 0 : app !== undefined && named.length <= 1;
    if (!isOne || rest.length > 0 || !URL.canParse(address) || !reason) return undefined;
    const [one = { kind: "app", id: app }] = named;
    const target = deployment ? { kind: "deployment" } : one.kind === "app" ? one : { ...one, app };
    return { address, body: { target, reason, connections: keep ? "keep" : "reached" } };
  } catch {
    return undefined;
  }
}

const say = ({ counts: { vaults, total, confirmed, refused, not_offered, not_reached } }: Job): string =>
  `${vaults} vaults visited, ${total} connections: ${confirmed} confirmed, ${refused} refused, ${not_offered} not offered, ${not_reached} not reached`;

async function* unconfirmed(deployment: Deployment, { id }: Job): AsyncGenerator<Receipt> {
  for (const outcome of ["refused", "not_reached", "not_offered"]) {
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = new URLSearchParams({ outcome, limit: "100", ...(cursor && { cursor }) }).toString();
      const page = Receipts.parse(await read(deployment, `/jobs/${id}/receipts?${query}`));
      yield* page.receipts;
      cursor = page.next_cursor;
    }
  }
}

const asked = readArguments();
const key = process.env["ADMIN_KEY"];
if (!asked || !key) {
  console.error(USAGE);
  process.exit(2);
}
const deployment = { address: asked.address, key };
try {
  const started = await begin(deployment, "/revocations", asked.body);
  console.log(`Keys and sessions have ended. ${started.id} asks the providers.`);
  const job = await follow(deployment, started, say);
  for await (const { connection, user, integration, outcome, by_hand } of unconfirmed(deployment, job)) {
    console.log([outcome, integration, user ?? "", connection, by_hand ?? ""].join("\t"));
  }
  const { refused, not_reached } = job.counts;
  if (refused + not_reached > 0) {
    throw new Error(`${refused} were refused and ${not_reached} not reached. They are asked again for a day.`);
  }
  console.log("Every provider that can take something back has.");
} catch (error) {
  fail(error, "Run this again to go on, or to ask those again.");
}
