import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Files at a time, of both kinds. Many of them wait for a clock or a browser, so that two share one processor well. */
const FILES_AT_ONCE = 2;

/** What comes behind an answer is waited for; a machine with other things to do takes its time. */
const PATIENCE = { poll: { timeout: 15_000 } };

/** Two kinds of tests: in workerd against the sandbox, and from outside, with a browser or SDK against a running server. */
export default defineConfig({
  test: {
    // Each request and each change has its line; a test's own output would drown in them.
    onConsoleLog: (log) => !/^\{"event":"(?:request|audit)"/.test(log),
    projects: [
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./sandbox/wrangler.toml" } })],
        test: {
          name: "workerd",
          maxWorkers: FILES_AT_ONCE,
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/browser/**", "tests/frontend/**", "tests/outside/**"],
          globalSetup: ["tests/servers/workerd-log.ts", "tests/servers/setup.ts"],
          setupFiles: ["tests/support/reports.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: PATIENCE,
        },
      },
      {
        test: {
          name: "outside",
          maxWorkers: FILES_AT_ONCE,
          include: ["tests/browser/**/*.test.ts", "tests/frontend/**/*.test.ts", "tests/outside/**/*.test.ts"],
          testTimeout: 240_000,
          expect: PATIENCE,
          globalSetup: ["tests/servers/latchkeys.ts"],
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
