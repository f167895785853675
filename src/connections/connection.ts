/** What is stored of a connection, and how it is named. */
import * as z from "zod/mini";
import { Account } from "../api.ts";
import { digest } from "../crypto.ts";
import { TokenSet } from "../oauth/token-set.ts";
import { TokenTimes } from "./timing.ts";
import type { Owner } from "./vault/owner.ts";

/** The app of this deployment's own page and of callers without an app of their own; its users are known by sessions alone. */
export const DEFAULT_APP = "default";

/** In the place of a user, the app as such: its own vault keeps its keys and integrations. No user can be called this. */
export const APP_ITSELF = "";

/** Which connection of a user of an app is meant; see place.ts. The user is any string the app chose. */
export interface ConnectionAddress {
  readonly app: string;
  readonly user: string;
  readonly address: string;
}

/** A connection: its place, and the address that it was asked for by. */
export interface ConnectionName extends ConnectionAddress {
  readonly place: string;
}

/** A connection that is asked for by its place. */
export const exactly = ({ app, user }: Pick<ConnectionName, "app" | "user">, place: string): ConnectionName => ({
  app,
  user,
  address: place,
  place,
});

/** In the place of an app: the operator keeps what is about all apps like an app's own records. */
export const OPERATOR = "operator";

/** What a record that an app has its vault keep is sealed for. */
export const recordContext = (app: string, kind: string, id: string) => ({
  app,
  purpose: `record:${kind}`,
  record: [id],
});

/**
 * The name of a vault whose users nobody can guess, or whose app is from before there was a name key: a digest, which whoever
 * guesses app and user can make as well.
 */
export const vaultNameOfBefore = (app: string, user: string): string => digest("vault", app, user);

/** Tells a connection from nonsense and from another app's, where its vault has its name from before. */
export const checkOfBefore = (app: string, vault: string, place: string): string =>
  digest("connection", app, vault, place).slice(0, 16);

/**
 * What a connection is called outside: it names the vault that has it.
 * @param handle what that vault is called outside; null: it has its name from before
 */
export function connectionId({ app, user, place }: Placed, handle: string | null): string {
  return `con_${handle ?? handleOfBefore(app, user, place)}_${place}`;
}

/** What a connect session is called outside: it names the vault that has it. */
export const connectSessionId = ({ app, user, handle }: Pick<Owner, "app" | "user" | "handle">, id: string): string =>
  `cs_${handle ?? vaultNameOfBefore(app, user)}${id}`;

type Placed = Pick<ConnectionName, "app" | "user" | "place">;

function handleOfBefore(app: string, user: string, place: string): string {
  const vault = vaultNameOfBefore(app, user);
  return vault + checkOfBefore(app, vault, place);
}

/** The account with its picture at the connection's own address, where only its token can fetch it; the others stay. */
export function ownPicture(account: Account | null, id: string): Account | null {
  const origin = /^(.*)\/integrations\/[^/]+\/avatar$/.exec(account?.avatar_url ?? "")?.[1];
  return account === null || origin === undefined
    ? account
    : { ...account, avatar_url: `${origin}/connections/${id}/avatar` };
}

/** The access token on its own, as the copy in KV has it. */
export const AccessToken = z.extend(
  z.pick(TokenSet, { access_token: true, expires_at: true, details: true, fields: true, dpop_key: true }),
  {
    epoch: z.number(),
    generation: z.number(),
    times: TokenTimes,
    /** Of which connection it is: its place, and what it is called outside. */
    place: z.string(),
    connection: z.string(),
  },
);
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
  /** Whether the service has answered with it before it was stored, so that its refusal means the credential. */
  verified: z.exactOptional(z.boolean()),
  /** Digest of the client that the grant was given to; null: it was put in before that was noted. */
  client: z._default(z.nullable(z.string()), null),
});
export type ConnectionFacts = z.output<typeof ConnectionFacts>;
