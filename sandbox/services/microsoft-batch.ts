import { encodeBase64 } from "@oslojs/encoding";
import * as z from "zod";
import { type Call, json, jsonBody } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure } from "./microsoft-http.ts";
import { GRAPH } from "./microsoft-odata.ts";

const MOST = 20;

const requestSchema = z.object({
  id: z.string().min(1),
  method: z.enum(["GET", "POST", "PATCH", "PUT", "DELETE"]),
  url: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  dependsOn: z.array(z.string()).default([]),
});
const batchSchema = z.object({ requests: z.array(requestSchema).min(1) });
type Asked = z.infer<typeof requestSchema>;
interface Answer {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** Up to twenty calls in one, in any order but where one says which it waits for. https://learn.microsoft.com/en-us/graph/json-batching */
export const batchRoutes: readonly Route[] = [api("POST", GRAPH, "/v1.0/$batch", [], batch)];

async function batch(context: ApiContext): Promise<Response> {
  const wanted = batchSchema.safeParse(jsonBody(context.call));
  if (!wanted.success) return failure(400, "BadRequest", "Invalid batch payload format.");
  const { requests } = wanted.data;
  if (requests.length > MOST) {
    return failure(400, "BadRequest", `Number of batch request steps exceeds the maximum value of '${MOST}'.`);
  }
  const ids = requests.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return failure(400, "BadRequest", "Request Id values have to be unique.");
  const done = new Map<string, Answer>();
  for (const asked of requests) {
    const waits = asked.dependsOn.map((id) => done.get(id));
    if (waits.includes(undefined))
      return failure(400, "BadRequest", "A dependency has to stand before what waits for it.");
    const isOff = waits.some((answer) => answer !== undefined && answer.status >= 400);
    done.set(asked.id, isOff ? failedDependency(asked.id) : await answerOf(context, asked));
  }
  // The order of the answers is nobody's business.
  return json({ responses: [...done.values()].toReversed() });
}

function failedDependency(id: string): Answer {
  const body = { error: { code: "FailedDependency", message: "A request that this one depends on failed." } };
  return { id, status: 424, headers: { "Content-Type": "application/json" }, body };
}

async function answerOf({ call, ask }: ApiContext, asked: Asked): Promise<Answer> {
  const answer = await ask(innerCall(call, asked));
  const type = answer.headers.get("content-type") ?? "";
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const headers: Record<string, string> = {};
  for (const [name, value] of answer.headers)
    if (/^(content-type|location|retry-after|etag)$/.test(name)) headers[name] = value;
  if (bytes.length === 0) return { id: asked.id, status: answer.status, headers };
  const body: unknown = type.includes("json") ? JSON.parse(new TextDecoder().decode(bytes)) : encodeBase64(bytes);
  return { id: asked.id, status: answer.status, headers, body };
}

/** The address is one behind the version: `/me`. */
function innerCall(outer: Call, { method, url, headers: said, body }: Asked): Call {
  const { pathname, searchParams, search } = new URL(url.replace(/^(?=[^/])/, "/"), "https://graph.microsoft.com");
  const headers = new Headers(said);
  headers.set("authorization", outer.headers.get("authorization") ?? "");
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  return {
    ...outer,
    method,
    path: `/v1.0${pathname}`,
    query: searchParams,
    search,
    headers,
    text,
    bytes: new TextEncoder().encode(text),
  };
}
