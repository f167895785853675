/** Answers that are cheap to send and dear to take: small on the wire and large behind it, or short and many-valued. */
import { gzipSync } from "node:zlib";
import type { ServerResponse } from "node:http";

const MEGABYTE = 1024 * 1024;

/** What a body is filled with, by kind. */
const FILLINGS = { wide: "[],", deep: "[", html: "<p>hello</p>\n" } as const;
type Filling = keyof typeof FILLINGS;

/** A body of so many bytes. The beginning is that of JSON. */
export const filled = (filling: Filling, bytes: number): Buffer =>
  Buffer.concat([Buffer.from("["), Buffer.alloc(bytes - 1, FILLINGS[filling])]);

const bombs = new Map<number, Buffer>();

/** So many megabytes of JSON that come as one thousandth of that. */
export function gzipBomb(megabytes: number): Buffer {
  const bomb = bombs.get(megabytes) ?? gzipSync(filled("wide", megabytes * MEGABYTE));
  bombs.set(megabytes, bomb);
  return bomb;
}

const json = { "Content-Type": "application/json" };

/** What a service may answer to fill an isolate, by name. */
export const HOSTILE: Readonly<Record<string, (response: ServerResponse) => void>> = {
  gzip_bomb: (response) => void response.writeHead(200, { ...json, "Content-Encoding": "gzip" }).end(gzipBomb(64)),
  wide: (response) =>
    void response.writeHead(200, json).end(Buffer.concat([filled("wide", 240_001), Buffer.from("1]")])),
  deep: (response) =>
    void response.writeHead(200, json).end(`{"sub":"ada","deep":${"[".repeat(50_000)}${"]".repeat(50_000)}}`),
  megabytes: (response) => void response.writeHead(200, json).end(filled("wide", 64 * MEGABYTE)),
};
