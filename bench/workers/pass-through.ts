/**
 * What the proxy is measured against: a Worker that fetches the same upstream and returns its answer, and nothing else.
 *
 * - `POST /put`      stores the value that `/kv` reads
 * - `ANY /kv/...`    reads that value as often as the proxy reads KV, one after the other, and passes through
 * - `ANY /...`       passes through
 */
import { BARE_KEY } from "../support/wire.ts";

interface PassThroughEnv extends Env {
  /** The origin of the API that is passed through to. */
  readonly UPSTREAM: string;
}

/** One for the session, one for the token. */
const READS = 2;

export default {
  async fetch(request: Request, env: PassThroughEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/put") {
      await env.KV.put(BARE_KEY, await request.text());
      return new Response("ok");
    }
    if (!pathname.startsWith("/kv/")) return fetch(env.UPSTREAM + pathname, request);
    for (let read = 0; read < READS; read += 1) {
      if ((await env.KV.get(BARE_KEY)) === null) return new Response(null, { status: 404 });
    }
    return fetch(env.UPSTREAM + pathname.slice("/kv".length), request);
  },
};
