/** JSON bodies, read with care: of the right type, no larger and no deeper than anything here takes. */
import { AppError } from "../errors.ts";

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 20;

/**
 * The JSON of a request.
 * @throws AppError `unsupported_media_type`, `body_too_large` or `invalid_request`
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json") {
    throw new AppError("unsupported_media_type", "body: has to be JSON, sent with Content-Type: application/json.");
  }
  const text = await readText(request);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new AppError("invalid_request", "body: is no JSON.");
  }
  if (isTooDeep(parsed, MAX_DEPTH)) {
    throw new AppError("invalid_request", `body: is nested deeper than ${MAX_DEPTH} levels.`);
  }
  return parsed;
}

/** The text of a body. @throws AppError `body_too_large` or `invalid_request` */
export async function readText(request: Request): Promise<string> {
  const tooLarge = () => new AppError("body_too_large", `body: is larger than ${MAX_BYTES / 1024} KiB.`);
  if (Number(request.headers.get("Content-Length") ?? 0) > MAX_BYTES) throw tooLarge();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await new Blob(chunks).arrayBuffer());
  } catch {
    throw new AppError("invalid_request", "body: is not UTF-8.");
  }
}

function isTooDeep(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((part) => isTooDeep(part, left - 1));
}
