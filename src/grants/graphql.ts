/** Whether a GraphQL request only reads (https://spec.graphql.org/October2021/#sec-Language.Operations). */
import * as z from "zod/mini";
import { membersOf } from "./json-members.ts";

/** Anything beside these may name another document that the server has (persisted queries). */
const Request = z.strictObject({
  query: z.string(),
  variables: z.optional(z.unknown()),
  operationName: z.optional(z.nullable(z.string())),
});
const Requests = z.union([Request, z.array(Request)]);

/**
 * Whether the body of a request, one or a list of them, has queries alone. Says no to what it cannot tell: a document that is
 * named and not sent, a member that stands there twice, a text that is no GraphQL.
 */
export function isGraphqlRead(text: string): boolean {
  const body = Requests.safeParse(hasMembersOnce(text) ? parsed(text) : undefined).data ?? [];
  const requests = Array.isArray(body) ? body : [body];
  return requests.length > 0 && requests.every(({ query }) => hasQueriesAlone(query));
}

/** What of a document matters here: strings and comments to skip, braces, and words. */
const TOKEN = /"""(?:\\"""|[^"]|"(?!""))*(?:""")?|"(?:\\.|[^"\\\n\r])*"?|#[^\n\r]*|[{}()]|[A-Za-z_]\w*|\s+|[^\s]/g;

/** Whether every operation of a document is a query: whichever of them is carried out, it reads. */
function hasQueriesAlone(document: string): boolean {
  let depth = 0;
  let isBetween = true;
  let hasQuery = false;
  for (const [token] of document.matchAll(TOKEN)) {
    if (token === "{" || token === "(") {
      if (isBetween && token === "{") hasQuery = true;
      isBetween = false;
      depth += 1;
    } else if (token === "}" || token === ")") {
      depth -= 1;
      if (depth < 0) return false;
      if (depth === 0 && token === "}") isBetween = true;
    } else if (isBetween && /^[^\s#,\ufeff]/.test(token)) {
      if (token !== "query" && token !== "fragment") return false;
      if (token === "query") hasQuery = true;
      isBetween = false;
    }
  }
  return hasQuery && depth === 0 && isBetween;
}

/** Whether no object of a JSON text has a member twice. */
function hasMembersOnce(text: string): boolean {
  const seen = new Set<string>();
  for (const { name, object } of membersOf(text)) {
    const one = `${object} ${name}`;
    if (seen.has(one)) return false;
    seen.add(one);
  }
  return true;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
