import * as z from "zod";
import { type Call, looseParams } from "../http.ts";
import type { OpenContext } from "../routes.ts";
import { failure, findFacebookToken, graphJson } from "./facebook-http.ts";

const MOST = 50;

const callSchema = z.object({
  method: z.enum(["GET", "POST", "DELETE"]),
  relative_url: z.string(),
  body: z.string().optional(),
  headers: z.unknown().optional(),
});
const batchSchema = z.array(callSchema).min(1);

/**
 * Up to fifty calls in one, each answered with its status and its body as text, errors too.
 * https://developers.facebook.com/docs/graph-api/batch-requests
 */
export async function batch(context: OpenContext): Promise<Response> {
  const { call, ask } = context;
  const { batch: asked, include_headers } = looseParams(call);
  if (asked === undefined) return failure(400, 100, "Unsupported post request.", 33);
  const calls = parsed(asked);
  if (calls === undefined) return failure(400, 100, "(#100) Param batch must be an array.");
  if (calls.length > MOST)
    return failure(400, 100, `Too many requests in batch message. Maximum batch size is ${MOST}`);
  const answers: object[] = [];
  for (const each of calls) {
    const answer = await ask(inner(call, each));
    const headers = [...answer.headers].map(([name, value]) => ({ name, value }));
    const said = include_headers === "false" ? {} : { headers };
    answers.push({ code: answer.status, ...said, body: await answer.text() });
  }
  return graphJson(answers);
}

function parsed(text: string): z.infer<typeof batchSchema> | undefined {
  try {
    return batchSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A call within; the token of the outer one holds for it, unless its own address has another. */
function inner(outer: Call, { method, relative_url, body = "" }: z.infer<typeof callSchema>): Call {
  const url = new URL(relative_url.replace(/^\/?/, "/"), "https://graph.facebook.com");
  const token = url.searchParams.get("access_token") ?? findFacebookToken(outer) ?? "";
  url.searchParams.delete("access_token");
  const headers = new Headers({
    authorization: `Bearer ${token}`,
    "content-type": "application/x-www-form-urlencoded",
  });
  return {
    ...outer,
    method,
    path: url.pathname,
    query: url.searchParams,
    search: url.search,
    headers,
    text: body,
    bytes: new TextEncoder().encode(body),
  };
}
