import type { Call } from "../http.ts";
import { headersOf, mixed, partsOf } from "../multipart.ts";
import { open, type OpenContext, type Route } from "../routes.ts";
import { failure } from "./google-http.ts";

const MOST = 100;

/** Up to a hundred calls of one API in one. https://developers.google.com/workspace/drive/api/guides/performance#batch-requests */
export const batchRoutes: readonly Route[] = [
  open("POST", "www.googleapis.com", "/batch/:api/:version", batch),
  open("POST", "gmail.googleapis.com", "/batch", batch),
  open("POST", "gmail.googleapis.com", "/batch/:api/:version", batch),
];

async function batch({ call, ask }: OpenContext): Promise<Response> {
  const parts = partsOf(call.headers.get("content-type") ?? "", call.bytes);
  if (parts === undefined || parts.length === 0) return refused("Failed to parse batch request.");
  if (parts.length > MOST) return refused("The batch request contains too many calls.");
  const answers: { headers: Record<string, string>; text: string }[] = [];
  for (const { headers, bytes } of parts) {
    const inner = innerCall(call, bytes);
    const id = headers.get("content-id");
    const answer = inner === undefined ? refused("Failed to parse batch request.") : await ask(inner);
    answers.push({
      headers: {
        "Content-Type": "application/http",
        ...(id === null ? {} : { "Content-ID": id.replace(/^<?/, "<response-").replace(/>?$/, ">") }),
      },
      text: await written(answer),
    });
  }
  return mixed(answers);
}

function refused(message: string): Response {
  return failure(400, "INVALID_ARGUMENT", "badRequest", message);
}

/** A request within the body: a path, not an address; the outer headers hold for it but for those about the content. */
function innerCall(outer: Call, bytes: Uint8Array): Call | undefined {
  const text = new TextDecoder().decode(bytes);
  const blank = text.indexOf("\r\n\r\n");
  const head = blank < 0 ? text : text.slice(0, blank);
  const [, method, target] = /^([A-Z]+) (\/\S*)(?: HTTP\/1\.[01])?\r?\n?/.exec(head) ?? [];
  if (method === undefined || target === undefined) return undefined;
  const headers = new Headers([...outer.headers].filter(([name]) => !name.startsWith("content-")));
  for (const [name, value] of headersOf(head.slice(head.indexOf("\r\n") + 2))) headers.set(name, value);
  const url = new URL(target, "https://www.googleapis.com");
  const body = blank < 0 ? "" : text.slice(blank + 4);
  return {
    ...outer,
    method,
    host: url.pathname.startsWith("/gmail/") ? "gmail.googleapis.com" : "www.googleapis.com",
    path: url.pathname,
    query: url.searchParams,
    search: url.search,
    headers,
    text: body,
    bytes: new TextEncoder().encode(body),
  };
}

async function written(answer: Response): Promise<string> {
  const body = await answer.text();
  const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
  return [
    `HTTP/1.1 ${answer.status}`,
    ...lines,
    `content-length: ${new TextEncoder().encode(body).length}`,
    "",
    body,
  ].join("\r\n");
}
