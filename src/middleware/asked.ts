/** Has somebody asked about a call that a grant lets pass only where they allow it. What they allow is what is sent. */
import type { Context } from "hono";
import type { ConfiguredIntegration } from "../apps/integrations.ts";
import {
  DEFAULT_APP,
  exactly,
  type AccessToken,
  type ConnectionAddress,
  type ConnectionName,
} from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { fillIn } from "../contract/templates.ts";
import { digest } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { kindsOf } from "../grants/approval-kinds.ts";
import { contentOf, digestOf } from "../grants/asked-request.ts";
import type { SeenCall, ToldCall } from "../grants/call-kind.ts";
import type { RequestBody } from "../proxy/body.ts";
import type { Tokens } from "../proxy/forward.ts";
import { holdsKey, keyInRequest, type PresentedKey } from "../proxy/credentials.ts";
import { shapeOf } from "../proxy/path-shape.ts";
import { toTarget } from "../proxy/target.ts";
import type { Caller } from "./caller.ts";
import { invalidSession } from "./session.ts";

/** By which a caller says which approval it has, and is told which it needs. */
export const APPROVAL_HEADER = "X-Latchkey-Approval";

/** A call as the proxy has understood it. */
export interface CallToAsk extends Pick<SeenCall, "method" | "headers"> {
  readonly name: ConnectionAddress;
  readonly integration: Pick<ConfiguredIntegration, "id" | "provider">;
  readonly told: ToldCall;
  /** The rule that has it asked about, counted from 1. */
  readonly rule: number;
  /** Raw, as it came. */
  readonly path: string;
  readonly presented: PresentedKey;
  readonly body: RequestBody;
}

/** An approval that was taken, and the connection that it is for: as it was then, and not as it becomes. */
export interface Taken {
  readonly approval: string;
  readonly name: ConnectionName;
  readonly epoch: number;
}

/**
 * Takes the approval of a call, or asks for it.
 * @throws AppError `approval_required`, `approval_denied`, `approval_spent`, `too_many_approvals`, `body_too_large`,
 * `not_connected`, `credential_denied`, and what is wrong with its address
 */
export async function takeApproval(c: Context<AppEnv>, caller: Caller, call: CallToAsk): Promise<Taken> {
  const { method, headers, told, rule, path } = call;
  const { id: integration, provider } = call.integration;
  const { query, form, foreign_token } = call.presented;
  const { session } = caller;
  if (!session) throw new TypeError("who has no key has no grant");
  const kept = form === undefined ? call.body.bytes : Uint8Array.from(new TextEncoder().encode(form));
  // With these no body is sent on.
  const bytes = method === "GET" || method === "HEAD" ? null : kept;
  if (bytes === undefined) {
    throw new AppError(
      "body_too_large",
      "A call that somebody has to allow sends at most 1 MB, within ten seconds. Send less with it.",
    );
  }
  const { connections, approvals, sessions } = c.get("services");
  // What is remembered of a key outlives it for a while; what it is allowed does not.
  if (!(await sessions.isLiveNow(caller.id, session))) throw invalidSession(c, true);
  const { place, epoch, account, details } = await connections.shown(call.name);
  // What of an address a connection has decides where the call goes.
  const target = toTarget(fillIn(provider, details), path, query);
  const content = await contentOf({ headers, bytes }, Object.keys(provider.api.stamp.headers ?? {}));
  if (holdsKey(target) || holdsKey(JSON.stringify(content))) throw keyInRequest();
  // Whoever brings a token brings another one as easily: it is shown, and allowed once.
  const kinds = foreign_token === null ? kindsOf(provider, told) : [];
  const { host, segments } = told.place;
  const asked = {
    key: session.key,
    digest: digestOf([session.key, integration, foreign_token ?? ""], { method, target }, content),
    place,
    epoch,
    method,
    path_digest: digest("path", host ?? "", ...segments),
    query_digest: digest("query", query),
    fields_digest: digest("fields", ...content.headers.flatMap((field) => [field.name, field.value])),
  };
  const named = headers.get(APPROVAL_HEADER);
  const claimed = await approvals.claim(
    caller,
    { ...asked, path: { host, segments }, has_kinds: kinds.length > 0 },
    named,
  );
  if (claimed.outcome === "passes") return { approval: claimed.id, name: exactly(caller, place), epoch };
  if (claimed.outcome === "denied") {
    throw new AppError("approval_denied", "This call was asked about and denied. Do not make it again.");
  }
  if (claimed.outcome === "spent") throw spentApproval();
  const { origin: scheme, pathname, search } = new URL(target);
  const about = {
    ...asked,
    shape: shapeOf(told.place),
    host: scheme.replace(/^https:\/\//, ""),
    key_ends_at: session.expires_at,
    summary: {
      asked_by: {
        key: session.key,
        kind: session.kind === "read" ? ("user" as const) : session.kind,
        name: session.name,
        since: new Date(session.created_at).toISOString(),
        ends_at: new Date(session.expires_at).toISOString(),
      },
      rule,
      account,
      brings_token: foreign_token !== null,
      path: pathname,
      query: search,
      kinds,
    },
    content,
  };
  const id = claimed.outcome === "waiting" ? claimed.id : await approvals.ask(caller, about);
  const approval_url = await pageFor(c, caller.app, id);
  const at = approval_url === null ? "" : `, at ${approval_url}`;
  throw new AppError(
    "approval_required",
    `Somebody has to allow this call first${at}. Make the very same call again when they have.`,
    {
      headers: { [APPROVAL_HEADER]: id },
      members: { approval_id: id, ...(approval_url === null ? {} : { approval_url }) },
    },
  );
}

/** Where somebody is asked: our page for its own users, and for those of an app where it says; null: it does not. */
async function pageFor(c: Context<AppEnv>, app: string, id: string): Promise<string | null> {
  const { apps, origin } = c.get("services");
  if (app === DEFAULT_APP) return `${origin}/#/approvals/${id}`;
  const { approval_url } = await apps.find(app);
  if (approval_url === null) return null;
  const url = new URL(approval_url);
  url.searchParams.set("approval", id);
  return url.href;
}

type Sources = Pick<Tokens, "current" | "younger">;

/**
 * Where the tokens of a call come from, which are of the connection that was shown.
 * @param taken null: nobody had to be asked
 */
export function ofShown(taken: Taken | null, sources: Sources): Sources {
  if (taken === null) return sources;
  const checked = <T extends AccessToken | null>(token: T): T => {
    if (token && token.epoch !== taken.epoch) throw spentApproval();
    return token;
  };
  return {
    current: async () => checked(await sources.current()),
    younger: async (than) => checked(await sources.younger(than)),
  };
}

/** For an approval that is none for the call, or not any more. */
const spentApproval = (): AppError =>
  new AppError(
    "approval_spent",
    `What ${APPROVAL_HEADER} names does not allow this call: it was used, is over, or was for another call or connection. Leave it out to ask anew.`,
  );
