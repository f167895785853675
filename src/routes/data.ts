/** What a connected account holds: its profile, its items, its picture. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { Items, Profile, pageSize } from "../api.ts";
import { exactly, ownPicture, type AccessToken, type ConnectionAddress } from "../connections/connection.ts";
import { integrationOf } from "../connections/place.ts";
import type { AppEnv } from "../context.ts";
import { Method } from "../api-grants.ts";
import { placeOf } from "../contract/path-patterns.ts";
import { fillIn } from "../contract/templates.ts";
import { placeInApi } from "../data/links.ts";
import type { Caller } from "../middleware/caller.ts";
import { noteMade } from "../middleware/request-log.ts";
import { checkCall } from "../middleware/granted.ts";
import { readAvatar, withAvatar } from "../data/avatar.ts";
import { openCursor, sealCursor } from "../data/cursor.ts";
import { readItems } from "../data/items.ts";
import { readProfile } from "../data/profile.ts";
import { LacksScopes, TokenRejected, apiOf } from "../data/provider-api.ts";
import { checkToken } from "../data/token-check.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { chooseConnection } from "./chosen.ts";
import { findConnection, findIntegration } from "./described.ts";
import { lackingError } from "./lacking.ts";
import { ConnectionPath, IntegrationPath, Routes } from "./operation.ts";

/** `session_id` is read where the caller is found; it is named here to be documented. */
const SessionId = z.optional(z.string().check(z.maxLength(200)));
const ReaderQuery = z.object({ session_id: SessionId });
const LoadQuery = z.object({
  limit: pageSize(25),
  cursor: z.optional(z.string().check(z.maxLength(8192))),
  session_id: SessionId,
});

const READ = { as: "reader", scope: "read" } as const;
const ERRORS: readonly ErrorCode[] = [
  "unknown_integration",
  "not_configured",
  "not_connected",
  "reauth_required",
  "token_rejected",
  "scope_missing",
  "grant_spent",
];

/** The endpoint as a caller may use it: each call to the API is held against their grant before it goes out. */
function granted(
  c: Context<AppEnv>,
  caller: Caller,
  name: ConnectionAddress,
  endpoint: TokenEndpoint,
  token: AccessToken,
): TokenEndpoint {
  if (!caller.session?.grant) return endpoint;
  const provider = fillIn(endpoint.provider, token.details);
  const { fetch } = endpoint;
  return {
    ...endpoint,
    fetch: async (input, outgoing) => {
      const { url, method = "GET" } = typeof input === "string" ? { url: input, method: outgoing.method } : input;
      const { host, rest } = placeInApi(provider, url) ?? { host: new URL(url).host, rest: new URL(url).pathname };
      const [path = "", query] = rest.split(/\?(.*)/s);
      const place = placeOf(host, path, query === undefined ? "" : `?${query}`);
      const seen = { method: Method.parse(method), place, headers: outgoing.headers, text: undefined };
      const told = { kind: "read", place } as const;
      const passed = await checkCall(c, caller, exactly(name, token.place), provider, seen, { told });
      const made = c.get("made");
      if (made && passed) made.rule ??= passed.rule;
      return fetch(input, outgoing);
    },
  };
}

/** Runs a read, and says what it was refused for want of. @throws AppError `scope_missing` */
async function orLacking<T>(
  c: Context<AppEnv>,
  name: ConnectionAddress,
  { provider }: TokenEndpoint,
  token: AccessToken,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof LacksScopes)) throw error;
    throw (await lackingError(c, name, provider, token, error.refused)) ?? error;
  }
}

/** Runs a read with the connection's token, and once more with a younger one where the provider has refused that. */
async function withToken<T>(
  c: Context<AppEnv>,
  caller: Caller,
  name: ConnectionAddress,
  read: (endpoint: TokenEndpoint, token: AccessToken) => Promise<T>,
): Promise<T> {
  const services = c.get("services");
  const { connections } = services;
  const endpoint = services.endpoint(await services.integrations.find(name.app, integrationOf(name.address)));
  const token = await connections.accessToken(name);
  try {
    return await orLacking(c, name, endpoint, token, () => read(granted(c, caller, name, endpoint, token), token));
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
  }
  const younger = await connections.youngerToken(name, token);
  if (younger) {
    try {
      const answer = await orLacking(c, name, endpoint, younger, () =>
        read(granted(c, caller, name, endpoint, younger), younger),
      );
      connections.noteReplay(name, younger);
      return answer;
    } catch (error) {
      if (!(error instanceof TokenRejected)) throw error;
    }
  }
  await checkToken(connections, name, endpoint, token);
  // Says what there is to do where that has given it up.
  await connections.accessToken(name);
  throw new AppError(
    "token_rejected",
    `${endpoint.provider.name} refuses a token that it has just issued. Try again in a moment; if it stays, connect the account again.`,
  );
}

async function answerAvatar(c: Context<AppEnv>, caller: Caller, name: ConnectionAddress): Promise<Response> {
  const { account } = await c.get("services").connections.describe(name);
  const picture = await withToken(c, caller, name, (endpoint, token) => readAvatar(endpoint, token, account));
  return c.body(picture.bytes, 200, { "Content-Type": picture.content_type });
}

const DATA = "/data/{integration}";
const LOAD = "/integrations/{integration}/load";
const AVATAR = "/integrations/{integration}/avatar";
const AVATAR_OF = "/connections/{connection}/avatar";

/** Has a read written down: one line, by the path of ours, however many calls to the service it takes. */
const noteRead = (c: Context<AppEnv>, caller: Caller, integration: string, path: string) =>
  noteMade(c, caller, { integration, method: "GET", path });

export const dataRoutes = new Routes()
  .on(
    {
      method: "get",
      path: DATA,
      tag: "Data",
      access: READ,
      params: IntegrationPath,
      query: ReaderQuery,
      answer: { status: 200, schema: Profile },
      errors: ERRORS,
    },
    async (c, { caller, params }) => {
      const services = c.get("services");
      const { id, provider } = await findIntegration(c, caller, params.integration);
      noteRead(c, caller, id, DATA);
      const name = await chooseConnection(c, caller, params.integration);
      const [profile, { connection }] = await withToken(c, caller, name, async (endpoint, token) => [
        await readProfile(endpoint, token),
        token,
      ]);
      const account = profile.account && withAvatar(profile.account, provider, id, services.origin);
      return c.json({ ...profile, account: ownPicture(account, connection) } satisfies Profile);
    },
  )
  .on(
    {
      method: "get",
      path: LOAD,
      tag: "Data",
      access: READ,
      params: IntegrationPath,
      query: LoadQuery,
      answer: { status: 200, schema: Items },
      errors: [...ERRORS, "invalid_cursor"],
    },
    async (c, { caller, params, query: { limit, cursor } }) => {
      const services = c.get("services");
      const ring = services.config.keyRing();
      const { id } = await findIntegration(c, caller, params.integration);
      noteRead(c, caller, id, LOAD);
      const name = await chooseConnection(c, caller, params.integration);
      return c.json(
        await withToken(c, caller, name, async (endpoint, token): Promise<Items> => {
          // Whatever has become the default since: a list goes on in the account in which it has begun.
          const at = exactly(name, token.place);
          const positions = cursor === undefined ? null : await openCursor(ring, at, cursor);
          const missing = async () => (await services.connections.describe(at)).missing_scopes;
          const { items, next } = await readItems(apiOf(endpoint, token), token, limit, positions, missing);
          return { items, next_cursor: next && (await sealCursor(ring, at, next)) };
        }),
      );
    },
  )
  .on(
    {
      method: "get",
      path: AVATAR,
      tag: "Data",
      access: READ,
      params: IntegrationPath,
      query: ReaderQuery,
      answer: { status: 200, schema: null },
      errors: [...ERRORS, "not_found"],
    },
    async (c, { caller, params }) => {
      const { id } = await findIntegration(c, caller, params.integration);
      noteRead(c, caller, id, AVATAR);
      return answerAvatar(c, caller, await chooseConnection(c, caller, params.integration));
    },
  )
  .on(
    {
      method: "get",
      path: AVATAR_OF,
      tag: "Data",
      access: { as: "app or user", scope: "read" },
      params: ConnectionPath,
      answer: { status: 200, schema: null },
      errors: [...ERRORS, "not_found"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      noteRead(c, { ...caller, user: name.user }, integrationOf(name.place), AVATAR_OF);
      return answerAvatar(c, caller, name);
    },
  );
