import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Files at a time, of both kinds. Many of them wait for a clock or a browser, so that two share one processor well. */
const FILES_AT_ONCE = 2;

/** What comes behind an answer is waited for; a machine with other things to do takes its time. */
const PATIENCE = { poll: { timeout: 15_000 } };

/**
 * Parts by themselves: what one of these tests leaves behind, no other can find. One workerd is enough for all of them, where
 * each file else has its own, which takes longer to start than they take.
 */
const PARTS = [
  "tests/{crypto,issue-words,remembered}.test.ts",
  "tests/apps/{called,tickets}.test.ts",
  "tests/connections/{failures,index-database,label,scopes,sealed-tokens,timing}.test.ts",
  "tests/connections/vault/*.test.ts",
  "tests/data/judge.test.ts",
  "tests/middleware/{call-log,json-body,navigation,valid}.test.ts",
  "tests/oauth/{authorization,body,client,refusal-words,refusals,retry-after,token-answer}.test.ts",
  "tests/contract/{patterns,problem,user-info}.test.ts",
  "tests/proxy/{answer,body,chunks,header-fields,headers,links,rewriting,stamped-keys,target}.test.ts",
];

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
          exclude: ["tests/browser/**", "tests/frontend/**", "tests/outside/**", ...PARTS],
          globalSetup: ["tests/servers/workerd-log.ts", "tests/servers/numbers.ts", "tests/servers/setup.ts"],
          setupFiles: ["tests/support/reports.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: PATIENCE,
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./sandbox/wrangler.toml" } })],
        test: {
          name: "workerd parts",
          maxWorkers: FILES_AT_ONCE,
          isolate: false,
          include: PARTS,
          globalSetup: ["tests/servers/numbers.ts"],
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
