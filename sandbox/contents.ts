import { decodeBase64, encodeBase64 } from "@oslojs/encoding";
import * as z from "zod";
import type { Call } from "./http.ts";
import type { Store } from "./store.ts";

/** A row of SQLite in a Durable Object holds two megabytes. */
const PIECE = 768 * 1024;

const pieceSchema = z.object({ at: z.number(), base64: z.string() });

/** Whose bytes, and of what. */
interface Place {
  readonly store: Store;
  readonly account: number;
}

function pieces({ store, account }: Place, id: string) {
  const seeded: z.infer<typeof pieceSchema>[] = [];
  return store.shelf({ account, kind: `content:${id}`, schema: pieceSchema, seeded, idOf: ({ at }) => String(at) });
}

/** Keeps bytes under an id, in the place of what was there. */
export function putContent(place: Place, id: string, bytes: Uint8Array): void {
  const shelf = pieces(place, id);
  for (const { at } of shelf.list()) shelf.remove(String(at));
  addContent(place, id, 0, bytes);
}

/** Adds bytes from a position on. */
export function addContent(place: Place, id: string, start: number, bytes: Uint8Array): void {
  const shelf = pieces(place, id);
  for (let at = 0; at === 0 || at < bytes.length; at += PIECE) {
    shelf.put({ at: start + at, base64: encodeBase64(bytes.subarray(at, at + PIECE)) });
  }
}

/** What was kept; undefined where nothing ever was. */
export function contentOf(place: Place, id: string): Uint8Array<ArrayBuffer> | undefined {
  const kept = pieces(place, id).list();
  if (kept.length === 0) return undefined;
  const parts = kept.map(({ at, base64 }) => ({ at, bytes: decodeBase64(base64) }));
  const whole = new Uint8Array(Math.max(...parts.map(({ at, bytes }) => at + bytes.length)));
  for (const { at, bytes } of parts) whole.set(bytes, at);
  return whole;
}

/** Bytes that stand for the content of a thing which was there from the start: its words, over and over. */
export function filler(words: string, size: number): Uint8Array<ArrayBuffer> {
  const line = new TextEncoder().encode(`${words}\n`);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += line.length) bytes.set(line.subarray(0, Math.min(line.length, size - at)), at);
  return bytes;
}

/** Bytes as a download, or the one range of them that was asked for (RFC 9110 section 14). */
export function download(call: Call, bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Response {
  const { length } = bytes;
  const asked = /^bytes=(\d*)-(\d*)$/.exec(call.headers.get("range") ?? "");
  const all = { ...headers, "accept-ranges": "bytes" };
  if (asked === null || asked[0] === "bytes=-") return new Response(bytes, { headers: all });
  const [, from = "", to = ""] = asked;
  const start = from === "" ? Math.max(length - Number(to), 0) : Number(from);
  const end = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if (start > end) return new Response(null, { status: 416, headers: { "content-range": `bytes */${length}` } });
  const range = { "content-range": `bytes ${start}-${end}/${length}` };
  return new Response(bytes.slice(start, end + 1), { status: 206, headers: { ...all, ...range } });
}

/** `Content-Range: bytes 0-99/1000` of an upload; a total that is not known yet is null, and so is the range of a question. */
export function contentRange(call: Call) {
  const [, start, end, total] =
    /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(call.headers.get("content-range") ?? "") ?? [];
  if (total === undefined) return undefined;
  return {
    range: start === undefined || end === undefined ? null : { start: Number(start), end: Number(end) },
    total: total === "*" ? null : Number(total),
  };
}
