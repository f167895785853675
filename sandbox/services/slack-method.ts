/** What the methods of Slack's Web API have in common: their arguments, their scopes, and the channel they are about. */
import { type Channel, slackUser } from "../data/slack.ts";
import { formOf, jsonBody, looseParams, mediaType } from "../http.ts";
import { fromCursor, pageOf, toCursor, type Page } from "../paging.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { wholeNumber } from "../http.ts";
import { refuse } from "./slack-http.ts";
import { channelsOf } from "./slack-state.ts";

export const SITE = "slack.com";

/** A call of a method, its arguments read. */
export interface MethodContext extends ApiContext {
  /** By name; an object is JSON text. */
  readonly args: Readonly<Record<string, string>>;
  /** Who the token speaks for: the person, or the app's bot. */
  readonly self: string;
}

type Handle = (context: MethodContext) => Response | Promise<Response>;

function method(name: string, scopes: readonly string[], takesJson: boolean, handle: Handle): Route {
  return api("GET|POST", SITE, `/api/${name}`, scopes, async (context) => {
    const { userId, botUserId } = slackUser(context.account);
    const self = context.token.part === "bot" ? botUserId : userId;
    const answer = await handle({ ...context, self, args: await argumentsOf(context, takesJson) });
    return withCharsetWarning(context, answer);
  });
}

/** A method that reads: its arguments stand in the query or in a form, never in JSON. */
export const read = (name: string, scopes: readonly string[], handle: Handle): Route =>
  method(name, scopes, false, handle);

/** A method that writes: its arguments may be JSON too. https://docs.slack.dev/apis/web-api/#json-methods */
export const write = (name: string, scopes: readonly string[], handle: Handle): Route =>
  method(name, scopes, true, handle);

async function argumentsOf({ call }: ApiContext, takesJson: boolean): Promise<Record<string, string>> {
  if (mediaType(call) === "application/json" && !takesJson) return Object.fromEntries(call.query);
  const form = await formOf(call);
  const parts =
    form === undefined ? [] : [...form].filter((part): part is [string, string] => typeof part[1] === "string");
  return { ...looseParams(call), ...Object.fromEntries(parts) };
}

/** JSON that does not say its charset is answered with a warning beside the result. */
async function withCharsetWarning({ call }: ApiContext, answer: Response): Promise<Response> {
  const type = call.headers.get("content-type") ?? "";
  if (!/^application\/json\s*$/i.test(type) || jsonBody(call) === undefined) return answer;
  const body: unknown = await answer.clone().json();
  const warned = { ...Object(body), warning: "missing_charset" };
  const metadata: unknown = Reflect.get(warned, "response_metadata");
  const response_metadata = { ...Object(metadata ?? {}), warnings: ["missing_charset"] };
  return Response.json({ ...warned, response_metadata }, { status: answer.status, headers: answer.headers });
}

export const isTrue = (value: string | undefined): boolean => value === "true" || value === "1";

/** The part of a list that the cursor and the limit ask for, and where the next begins; a refusal for a strange cursor. */
export function paged<Item>(
  { args, settings }: MethodContext,
  kind: string,
  list: readonly Item[],
  sizes: { readonly usual: number; readonly most: number },
): { readonly page: Page<Item>; readonly next_cursor: string } | Response {
  const start = fromCursor(kind, args["cursor"]);
  if (start === undefined) return refuse("invalid_cursor");
  const limit = wholeNumber(args["limit"], sizes.usual, 1, sizes.most);
  const page = pageOf(list, start, pageSize(settings, limit));
  return { page, next_cursor: page.next === undefined ? "" : toCursor(kind, page.next) };
}

/** `channels` for a public channel, `groups` for a private one, `im` for a direct message: what its scopes begin with. */
export const kindOf = ({ im, isPrivate }: Channel): "channels" | "groups" | "im" =>
  im !== null ? "im" : isPrivate ? "groups" : "channels";

/** The scopes that a method has for each kind of conversation. */
export const ofEvery = (verb: string): string[] => ["channels", "groups", "im"].map((kind) => `${kind}:${verb}`);

/**
 * The channel an argument names.
 * @param verb the scope it takes, such as `history`; without it a kind of conversation is as good as not there
 */
export function channelOf(context: MethodContext, verb?: string, id = context.args["channel"]): Channel | Response {
  const found = channelsOf(context).find(id ?? "");
  if (found === undefined) return refuse("channel_not_found");
  if (verb === undefined || context.token.scopes.includes(`${kindOf(found)}:${verb}`)) return found;
  return verb === "write" && kindOf(found) === "channels" && context.token.scopes.includes("channels:manage")
    ? found
    : refuse("channel_not_found");
}
