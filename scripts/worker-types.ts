/** Writes `worker-configuration.d.ts`, what the Worker is bound to, unless it is there and up to date. Part of `npm run types`. */
import { runWrangler } from "./wrangler.ts";

const WRITE = ["types", "--strict-vars=false"];

// wrangler tells by a digest of its configuration.
const check = await runWrangler([...WRITE, "--check"]);
if (check.code !== 0) {
  const { code, output } = await runWrangler(WRITE);
  if (code !== 0) {
    console.error(output);
    process.exit(1);
  }
}
