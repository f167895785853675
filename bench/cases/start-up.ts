/** What a deployment weighs, and what that costs when it starts. */
import { gzipSync } from "node:zlib";
import { bundleProduction, bundleWorker } from "../support/bundle.ts";
import type { Case } from "../support/case.ts";
import { inTurns } from "../support/rounds.ts";
import { withStarter } from "../support/start-up.ts";
import { difference, median, paired, quotient, show } from "../support/statistics.ts";

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`;

export const startUp: Case = {
  title: "Start: from starting workerd to the first answer",
  compared_with: "against an empty Worker",
  run: async ({ quick }) => {
    const [production, empty] = await Promise.all([bundleProduction(), bundleWorker("empty")]);
    const results = await withStarter(production, "/health", (startProduction) =>
      withStarter(empty, "/", async (startEmpty) => {
        const variants = { empty: startEmpty, production: startProduction };
        await inTurns(2, variants);
        return inTurns(quick ? 8 : 40, variants);
      }),
    );
    const ms = (name: "empty" | "production") => `${median(results(name)).toFixed(0)} ms`;
    const ratio = show(paired(results("production"), results("empty"), quotient));
    const added = show(paired(results("production"), results("empty"), difference), 0);
    return [
      { what: "empty Worker", measured: ms("empty"), compared: "" },
      { what: "production bundle, GET /health", measured: ms("production"), compared: `x ${ratio}, + ${added} ms` },
      { what: "size, minified", measured: kilobytes(Buffer.byteLength(production)), compared: "" },
      { what: "size, gzip", measured: kilobytes(gzipSync(production).length), compared: "" },
    ];
  },
};
