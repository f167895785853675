/** What is stored of a connection, and how it is named. */
import * as z from "zod/mini";
import { Account } from "../api.ts";
import { digest } from "../crypto.ts";
import { TokenSet } from "../oauth/token-set.ts";
import { TokenTimes } from "./timing.ts";

/** The app of this deployment's own page and of callers without an app of their own; its users are known by sessions alone. */
export const DEFAULT_APP = "default";

/** In the place of a user, the app as such: its own vault keeps its keys and integrations. No user can be called this. */
export const APP_ITSELF = "";

/** A connection: a user of an app at an integration. The user is any string the app chose. */
export interface ConnectionName {
  readonly app: string;
  readonly user: string;
  readonly integration: string;
}

/** The name of the vault of one user of one app. */
export function vaultName(app: string, user: string): string {
  return digest("vault", app, user);
}

/** Tells a connection of this app from nonsense and from another app's, before any vault is asked. */
const idCheck = (app: string, vault: string, integration: string): string =>
  digest("connection", app, vault, integration).slice(0, 16);

/** What a connection is called outside: it names the vault that has it. */
export function connectionId({ app, user, integration }: ConnectionName): string {
  const vault = vaultName(app, user);
  return `con_${vault}${idCheck(app, vault, integration)}_${integration}`;
}

/** Where a connection of this app is; undefined for every other string. */
export function readConnectionId(app: string, id: string): { vault: string; integration: string } | undefined {
  const [, vault, check, integration] = /^con_([\w-]{43})([\w-]{16})_([a-z0-9-]{1,80})$/.exec(id) ?? [];
  if (!vault || !integration || check !== idCheck(app, vault, integration)) return undefined;
  return { vault, integration };
}

/** The access token on its own, as the copy in KV has it. */
export const AccessToken = z.extend(z.pick(TokenSet, { access_token: true, expires_at: true, details: true }), {
  epoch: z.number(),
  generation: z.number(),
  times: TokenTimes,
});
export type AccessToken = z.output<typeof AccessToken>;

/** What may be known of a connection without opening its tokens. */
export const ConnectionFacts = z.object({
  account: z.nullable(Account),
  scopes: z.array(z.string()),
  issued_at: z.number(),
  expires_at: z.nullable(z.number()),
  connected_at: z.number(),
  refreshable: z.boolean(),
  times: TokenTimes,
  /** Milliseconds for which the grant may lie unused. */
  keep_alive: z.nullable(z.number()),
  reconnect_by: z.nullable(z.number()),
  /** The scopes that were asked for in the place of the integration's own; null: those. */
  asked: z._default(z.nullable(z.array(z.string())), null),
  /** Digest of the client that the grant was given to; null: it was put in before that was noted. */
  client: z._default(z.nullable(z.string()), null),
});
export type ConnectionFacts = z.output<typeof ConnectionFacts>;
