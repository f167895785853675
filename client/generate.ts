/** Writes the types of the API, out of the document that requests are held to: `node client/generate.ts`. */
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { openApiDocument } from "../scripts/openapi.ts";

const file = new URL("openapi.d.ts", import.meta.url);
// What has a default may be left out of a request.
const types = astToString(await openapiTS(JSON.stringify(openApiDocument()), { defaultNonNullable: false }));
const written = await readFile(file, "utf8").catch(() => "");
// What watches the file is not woken for nothing.
if (types !== written) await writeFile(file, types);
