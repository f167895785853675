/** Writes the types of the API, out of the document that requests are held to: `node client/generate.ts`. */
import { writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { openApiDocument } from "../scripts/openapi.ts";

// What has a default may be left out of a request.
const types = await openapiTS(JSON.stringify(openApiDocument()), { defaultNonNullable: false });
await writeFile(new URL("openapi.d.ts", import.meta.url), astToString(types));
