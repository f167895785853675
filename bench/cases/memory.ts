/** Memory: how much more than before a process holds at the most while hostile answers come in, several at once. */
import * as z from "zod";
import { bundleWorker } from "../support/bundle.ts";
import type { Case, Row } from "../support/case.ts";
import { KINDS, SHORT, startHostile, type Kind } from "../support/hostile.ts";
import { Client } from "../support/load.ts";
import type { Upstream } from "../support/upstream.ts";
import { bytesOfCallers } from "../support/remembered.ts";
import { startWorker } from "../support/worker.ts";
import type { Seed } from "../support/wire.ts";

const AT_ONCE = 8;
const SMALL = 8;
const LARGE = 64;
const SEED: Seed = { user: "bench", integration: "microsoft", lifetime_ms: 3_600_000 };
const Seeded = z.object({ session: z.string() });

/** Each place, and the path of it in the Worker. */
const PLACES = {
  "/proxy/microsoft": "the proxy, links rewritten",
  "/token": "a token endpoint",
  "/userinfo": "a userinfo endpoint",
  "/items": "a page of items",
  "/webhook": "a webhook's receiver",
} as const;
type Place = keyof typeof PLACES;

export const memory: Case = {
  title: `Memory: ${AT_ONCE} hostile answers at once, more than before at the most`,
  compared_with: "of which, by size of each",
  run: async ({ quick }) => {
    const code = await bundleWorker("hostile");
    await using upstream = await startHostile();
    const measured = async (what: string, measure: (megabytes: number) => Promise<number>): Promise<Row> => {
      const [small, large] = [await measure(SMALL), quick ? Number.NaN : await measure(LARGE)];
      const compared = `${SMALL} MB: ${toMegabytes(small)}; ${LARGE} MB: ${quick ? "not measured" : toMegabytes(large)}`;
      return { what, measured: toMegabytes(Math.max(small, quick ? 0 : large)), compared };
    };
    const rows: Row[] = [];
    for (const place of places()) {
      for (const kind of kinds()) {
        rows.push(
          await measured(`${PLACES[place]}: ${KINDS[kind]}`, (megabytes) =>
            peak(code, upstream, place, `/${kind}/${megabytes}`),
          ),
        );
      }
    }
    return [...rows, ...remembered()];
  },
};

const REMEMBERED = 10_000;

/** What an isolate remembers of those who have called: so many of them, and three times as many. */
const remembered = (): Row[] =>
  [200, 1500].map((length) => ({
    what: `10,000 callers remembered, each with a token of ${length} characters`,
    measured: toMegabytes(bytesOfCallers(REMEMBERED, length)),
    compared: `of 30,000 that called: ${toMegabytes(bytesOfCallers(3 * REMEMBERED, length))}; goal at most 16 MB`,
  }));

const toMegabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
const places = (): Place[] => Object.keys(PLACES).filter((place): place is Place => place in PLACES);
const kinds = (): Kind[] => Object.keys(KINDS).filter((kind): kind is Kind => kind in KINDS);

/** A process of its own for each, warm from short answers: what one has taken, another would find there. */
async function peak(code: string, upstream: Upstream, place: Place, path: string): Promise<number> {
  await using worker = await startWorker(code, { vault: true, vars: { UPSTREAM: upstream.origin } });
  using client = new Client(AT_ONCE);
  const seeded = await client.send({ url: `${worker.origin}/seed` }, JSON.stringify(SEED));
  const headers = { Authorization: `Bearer ${Seeded.parse(JSON.parse(seeded)).session}`, "Accept-Encoding": "gzip" };
  const ask = (asked: string) => client.transfer({ url: worker.origin + place + asked, headers });
  const all = (asked: string) => Promise.all(Array.from({ length: AT_ONCE }, () => ask(asked)));
  await all(SHORT);
  // Waited for here: the Worker ends with this function.
  return await worker.peakDuring(() => all(path));
}
