/** A provider's API on loopback, in a process of its own, so that it takes no turns from the client that measures. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** What it takes and gives, by path. */
export const PATHS = { json: "/repos/latchkey/bench", large: "/raw/large.bin" } as const;
export const LARGE_BYTES = 10_000_000;

const STARTS_WITHIN_MS = 10_000;

/** Tells the process that serves from the one that measures. */
const SERVE = "--serve-upstream";

export interface Upstream extends AsyncDisposable {
  readonly origin: string;
}

export const startUpstream = (): Promise<Upstream> => startApart(import.meta.url);

/** Starts a module that serves, where it is started so, what `serveIfAsked` was given. */
export async function startApart(module: string): Promise<Upstream> {
  const child = fork(fileURLToPath(module), [SERVE, module]);
  const [port]: unknown[] = await once(child, "message", { signal: AbortSignal.timeout(STARTS_WITHIN_MS) });
  return {
    origin: `http://127.0.0.1:${z.int().parse(port)}`,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
}

/** A repository as GitHub describes one, cut to about a kilobyte. */
function smallJson(): Buffer {
  const about = { id: 1, name: "bench", full_name: "latchkey/bench", private: false, stargazers_count: 42 };
  const url = `https://api.github.com${PATHS.json}`;
  const links = [
    "forks",
    "keys",
    "teams",
    "hooks",
    "events",
    "branches",
    "tags",
    "languages",
    "contributors",
    "merges",
  ];
  return Buffer.from(
    JSON.stringify({ ...about, url, ...Object.fromEntries(links.map((name) => [`${name}_url`, `${url}/${name}`])) }),
  );
}

/** Answers the two paths, and tells how much it was sent. */
function listener(): RequestListener {
  const json = smallJson();
  const large = Buffer.alloc(LARGE_BYTES, "latchkey");
  return (request, response) => {
    let received = 0;
    request.on("data", (chunk: Buffer) => (received += chunk.length));
    request.once("end", () => {
      const isLarge = request.url === PATHS.large && request.method === "GET";
      const body = isLarge ? large : received > 0 ? Buffer.from(String(received)) : json;
      response.writeHead(200, {
        "Content-Type": isLarge ? "application/octet-stream" : "application/json; charset=utf-8",
        "Content-Length": body.length,
        ETag: '"5c1a0e4d"',
        Vary: "Accept, Authorization",
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "4999",
      });
      response.end(body);
    });
  };
}

/** Serves where this process was started by `startApart` for that module. */
export function serveIfAsked(module: string, listen: () => RequestListener): void {
  const asked = process.argv.indexOf(SERVE);
  if (asked === -1 || process.argv[asked + 1] !== module) return;
  // A connection that is closed just as it is asked again would be measured as an outage.
  const server = createServer({ keepAliveTimeout: 0 }, listen());
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object") process.send?.(address?.port);
  });
  // Whatever becomes of the bench, its upstream goes with it.
  process.once("disconnect", () => process.exit());
}

serveIfAsked(import.meta.url, listener);
