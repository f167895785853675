/** Starts Next.js where .env says that this backend is. */
import { spawn } from "node:child_process";

const here = process.env["APP_URL"];
if (!here) throw new Error("APP_URL is not set. It stands in .env: start this with npm start.");
const { hostname, port } = new URL(here);
const next = spawn(process.execPath, ["node_modules/next/dist/bin/next", "dev", "-H", hostname, "-p", port], {
  stdio: "inherit",
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => next.kill(signal));
next.once("exit", (code) => process.exit(code ?? 0));
