/** JSON bodies, read with care: of the right type, no larger and no deeper than anything here takes. */
import { AppError } from "../errors.ts";
import { overloaded, requests, type Room } from "../held.ts";
import { COMES_WITHIN_MS, readWithin, refuseBroken, tooSlow } from "../proxy/body.ts";

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

/**
 * The text of a body.
 * @param room what it counts against while it comes
 * @throws AppError `body_too_large` or `invalid_request`; `overloaded` where there is no room for it
 */
export async function readText(request: Request, room: Room = requests): Promise<string> {
  const tooLarge = () => new AppError("body_too_large", `body: is larger than ${MAX_BYTES / 1024} KiB.`);
  if (Number(request.headers.get("Content-Length") ?? 0) > MAX_BYTES) throw tooLarge();
  if (request.body === null) return "";
  const held = room.hold(COMES_WITHIN_MS);
  try {
    const read = await readWithin(request.body, { bytes: MAX_BYTES, ms: COMES_WITHIN_MS, held }).catch(refuseBroken);
    if (read.isWhole) return toText(read.bytes);
    await read.rest.cancel();
    throw { size: tooLarge, time: tooSlow, room: overloaded }[read.why]();
  } finally {
    held.release();
  }
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new AppError("invalid_request", "body: is not UTF-8.");
  }
}

function isTooDeep(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((part) => isTooDeep(part, left - 1));
}
