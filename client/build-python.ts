/** Builds the Python package into `client/python/dist`: `npm run build:python`, then `pip install ./client/python/dist`. */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openApiDocument } from "../scripts/openapi.ts";
import { pythonTypes } from "./python-types.ts";

const client = fileURLToPath(new URL(".", import.meta.url));
const source = join(client, "python");
/** Another folder for the package may be named. */
const out = resolve(process.argv[2] ?? join(source, "dist"));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const name of ["pyproject.toml", "README.md", "latchkey_client"]) {
  await cp(join(source, name), join(out, name), { recursive: true, filter: (path) => !path.includes("__pycache__") });
}
await cp(join(client, "../LICENSE"), join(out, "LICENSE"));
const { shapes, client: stub } = pythonTypes(openApiDocument());
await writeFile(join(out, "latchkey_client/shapes.py"), shapes);
await writeFile(join(out, "latchkey_client/client.pyi"), stub);
