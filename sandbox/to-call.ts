import type { Call } from "./http.ts";

/** Takes a request apart: `{origin}/{service}/{host}{path}`, the path as raw as it came. */
export function toCall(request: Request, service: string, bytes: Uint8Array): Call {
  const url = new URL(request.url);
  const rest = url.pathname.slice(service.length + 2);
  const slash = rest.indexOf("/");
  return {
    service,
    origin: url.origin,
    method: request.method,
    host: (slash < 0 ? rest : rest.slice(0, slash)).toLowerCase(),
    path: slash < 0 ? "/" : rest.slice(slash),
    query: url.searchParams,
    search: url.search,
    headers: request.headers,
    text: new TextDecoder().decode(bytes),
    bytes,
    now: Date.now(),
  };
}
