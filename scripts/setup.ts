/** `npm run setup`: writes `.dev.vars` from its example, with a sealing key of its own. Never touches one that is there. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const target = fileURLToPath(new URL("../.dev.vars", import.meta.url));
const example = await readFile(new URL("../.dev.vars.example", import.meta.url), "utf8");
const id = new Date().toISOString().slice(0, 10);
const key = randomBytes(32).toString("base64url");

try {
  await writeFile(target, example.replace(/^SEALING_KEYS=.*$/m, `SEALING_KEYS="${id}:${key}"`), {
    flag: "wx",
    mode: 0o600,
  });
  console.log("Wrote .dev.vars with a new sealing key. Add client ids to it, then: npx wrangler dev");
} catch (error) {
  if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  console.error(
    ".dev.vars is there already and was left as it is. Remove it first to start anew: what its key sealed becomes unreadable.",
  );
  process.exitCode = 1;
}
