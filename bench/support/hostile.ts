/** A service on loopback whose answers are made to fill whoever reads them, in a process of its own. */
import { gzipSync } from "node:zlib";
import { serveIfAsked, startApart, type Upstream } from "./upstream.ts";

const MEGABYTE = 1024 * 1024;

/** Each kind of answer, as the paths have it: `/{kind}/{megabytes}`, and whatever behind that. */
export const KINDS = { json: "JSON of empty lists", html: "HTML", gzip: "a gzip bomb" } as const;
export type Kind = keyof typeof KINDS;

/** A short answer, to have the code warm. */
export const SHORT = "/short/0";

export const startHostile = (): Promise<Upstream> => startApart(import.meta.url);

serveIfAsked(import.meta.url, () => {
  const json = Buffer.alloc(MEGABYTE, "[],");
  const html = Buffer.alloc(MEGABYTE, "<p>hello</p>\n");
  const bombs = new Map<number, Buffer>();
  return (request, response) => {
    const [, kind = "", size = ""] = (request.url ?? "").split("/");
    const megabytes = Number(size);
    request.resume();
    const type = { "Content-Type": kind === "html" ? "text/html" : "application/json" };
    if (kind === "short") return void response.writeHead(200, type).end('{"ok":true}');
    if (kind === "gzip") {
      const bomb = bombs.get(megabytes) ?? gzipSync(Buffer.alloc(megabytes * MEGABYTE, "[],"));
      bombs.set(megabytes, bomb);
      return void response.writeHead(200, { ...type, "Content-Encoding": "gzip" }).end(bomb);
    }
    response.writeHead(200, type);
    let left = megabytes;
    const more = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= 1;
        if (!response.write(kind === "html" ? html : json)) return void response.once("drain", more);
      }
      response.end();
    };
    more();
  };
});
