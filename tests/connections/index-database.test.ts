/** The database behind the vaults: its tables are there for whoever asks, and nobody waits for what another request has begun. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { IndexDatabase } from "../../src/connections/index-database.ts";

/** The database, of which one call after the other of `batch` is answered so. */
function withBatches(...batches: D1Database["batch"][]): D1Database {
  const real = env.INDEX;
  const database: Pick<D1Database, "batch" | "prepare"> = {
    prepare: (query) => real.prepare(query),
    batch: (statements) => (batches.shift() ?? real.batch.bind(real))(statements),
  };
  return Object.assign(Object.create(null), database);
}

const one = (database: D1Database) => [database.prepare("SELECT 1 AS one")];

it("makes its tables for each request that finds them unmade: one that never ends stops no other", async () => {
  const index = new IndexDatabase(withBatches(() => new Promise(() => {})));
  void index.run(one);
  expect((await index.run(one))[0]?.results).toEqual([{ one: 1 }]);
});

it("says so where they cannot be made, and makes them the next time", async () => {
  const index = new IndexDatabase(
    withBatches(
      () => Promise.reject(new Error("gone")),
      () => {
        throw new Error("gone");
      },
    ),
  );
  for (let time = 0; time < 2; time += 1) {
    await expect(index.run(one)).rejects.toMatchObject({ code: "index_unavailable" });
  }
  expect((await index.run(one))[0]?.results).toEqual([{ one: 1 }]);
});
