import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

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
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/browser/**", "tests/frontend/**", "tests/outside/**"],
          globalSetup: ["tests/servers/setup.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "outside",
          include: ["tests/browser/**/*.test.ts", "tests/frontend/**/*.test.ts", "tests/outside/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file starts a server and a browser of its own.
          fileParallelism: false,
        },
      },
    ],
  },
});
