/** What a connected account holds: its profile, its items, its picture. */
import { Hono, type Context } from "hono";
import * as z from "zod";
import type { Items, Profile } from "../api.ts";
import type { Session } from "../apps/sessions.ts";
import type { AccessToken } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { readAvatar, withAvatar } from "../data/avatar.ts";
import { openCursor, sealCursor } from "../data/cursor.ts";
import { readItems } from "../data/items.ts";
import { readProfile } from "../data/profile.ts";
import { TokenRejected } from "../data/provider-api.ts";
import { AppError } from "../errors.ts";
import { requireReader } from "../middleware/session.ts";
import { valid } from "../middleware/valid.ts";
import type { TokenEndpoint } from "../oauth/client.ts";

const LoadQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(4096).optional(),
});

/** Runs a read with the connection's token, and once more with a younger one where the provider has refused that. */
async function withToken<T>(
  c: Context<AppEnv>,
  session: Session,
  id: string,
  read: (endpoint: TokenEndpoint, token: AccessToken) => Promise<T>,
): Promise<T> {
  const { services } = c.var;
  const { connections } = services;
  const endpoint = services.endpoint(services.integration(id));
  const name = { app: session.app, user: session.user, integration: id };
  const token = await connections.accessToken(name);
  try {
    return await read(endpoint, token);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
  }
  const younger = await connections.youngerToken(name, token);
  if (younger) {
    try {
      const answer = await read(endpoint, younger);
      connections.noteReplay(name);
      return answer;
    } catch (error) {
      if (!(error instanceof TokenRejected)) throw error;
    }
  }
  await connections.giveUp(name, token);
  throw new AppError(
    "token_rejected",
    `${endpoint.provider.name} refuses a token that it has just issued. Try again in a moment; if it stays, connect the account again.`,
  );
}

export const dataRoutes = new Hono<AppEnv>()
  .get("/data/:integration", async (c) => {
    const id = c.req.param("integration");
    const { provider } = c.var.services.integration(id);
    const session = await requireReader(c, id);
    const profile = await withToken(c, session, id, readProfile);
    const answer: Profile = { ...profile, account: withAvatar(profile.account, provider, c.var.services.origin) };
    return c.json(answer);
  })
  .get("/integrations/:integration/load", valid("query", LoadQuery), async (c) => {
    const id = c.req.param("integration");
    const { services } = c.var;
    services.integration(id);
    const session = await requireReader(c, id);
    const { limit, cursor } = c.req.valid("query");
    const ring = services.config.keyRing();
    const owner = { app: session.app, user: session.user, integration: id };
    const positions = cursor === undefined ? null : await openCursor(ring, owner, cursor);
    const { items, next } = await withToken(c, session, id, ({ provider, fetch }, token) =>
      readItems({ provider, fetch, access_token: token.access_token }, token, limit, positions),
    );
    const answer: Items = { items, next_cursor: next && (await sealCursor(ring, owner, next)) };
    return c.json(answer);
  })
  .get("/integrations/:integration/avatar", async (c) => {
    const id = c.req.param("integration");
    const session = await requireReader(c, id);
    const name = { app: session.app, user: session.user, integration: id };
    const { account } = await c.var.services.connections.describe(name);
    const picture = await withToken(c, session, id, (endpoint, token) =>
      readAvatar(endpoint, token.access_token, account),
    );
    return c.body(picture.bytes, 200, { "Content-Type": picture.content_type });
  });
