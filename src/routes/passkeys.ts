/** Passkeys of the page's user: made, listed and removed by a session, and the way in where there is none. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { NewPasskey, Passkey, PasskeyOptions, PasskeyRequest, Passkeys, SignIn } from "../api-passkeys.ts";
import { BROWSER_SESSION_SECONDS, type Session } from "../apps/sessions.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Caller } from "../middleware/caller.ts";
import { limitChanges } from "../middleware/limits.ts";
import { logCaller, logChange } from "../middleware/request-log.ts";
import { invalidSession, requireOwnOrigin, setSessionCookie } from "../middleware/session.ts";
import { Routes } from "./operation.ts";
import { endSession } from "./sessions.ts";

/** The session of a person at our own page. @throws AppError `csrf`, `invalid_session` */
function personAtPage(c: Context<AppEnv>, { session }: Caller): Session {
  if (c.req.method !== "GET") requireOwnOrigin(c);
  if (!session) throw invalidSession(c);
  return session;
}

/** @throws AppError `csrf`; `invalid_session` for a program, which has no passkey */
function requirePage(c: Context<AppEnv>): void {
  requireOwnOrigin(c);
  if (c.req.header("Authorization") !== undefined) {
    throw new AppError("invalid_session", "Passkeys are for people at Latchkey's own page; programs use keys.");
  }
}

/** Whether this browser has connected something that another vault's passkey would leave behind. */
async function isHolding(c: Context<AppEnv>, { app, user }: Session): Promise<boolean> {
  return (await c.get("services").connections.names(app, user)).length > 0;
}

export const passkeyRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/passkeys",
      tag: "Passkeys",
      access: "person",
      answer: { status: 200, schema: Passkeys },
    },
    async (c, { caller }) => {
      const passkeys = await c.get("services").passkeys.list(personAtPage(c, caller));
      return c.json({ passkeys } satisfies Passkeys);
    },
  )
  .on(
    {
      method: "post",
      path: "/passkeys/options",
      tag: "Passkeys",
      access: "person",
      answer: { status: 200, schema: PasskeyOptions },
      errors: ["not_connected"],
    },
    async (c, { caller }) => {
      const options = await c.get("services").passkeys.beginAdding(personAtPage(c, caller));
      return c.json(options satisfies PasskeyOptions);
    },
  )
  .on(
    {
      method: "post",
      path: "/passkeys",
      makes: true,
      tag: "Passkeys",
      access: "person",
      body: NewPasskey,
      answer: { status: 201, schema: Passkey },
      errors: [
        "invalid_passkey",
        "challenge_spent",
        "confirmation_required",
        "passkey_cloned",
        "unknown_passkey",
        "not_connected",
        "too_many",
      ],
    },
    async (c, { caller, body }) => {
      const passkey = await c.get("services").passkeys.add(personAtPage(c, caller), body);
      return c.json(passkey satisfies Passkey, 201);
    },
  )
  .on(
    {
      method: "delete",
      path: "/passkeys/{id}",
      tag: "Passkeys",
      access: "person",
      params: z.object({ id: z.string().check(z.maxLength(64)) }),
      query: z.object({ last: z.optional(z.enum(["true", "false"])) }),
      answer: { status: 204, schema: null },
      errors: ["unknown_passkey", "last_passkey"],
    },
    async (c, { caller, params: { id }, query: { last } }) => {
      await c.get("services").passkeys.remove(personAtPage(c, caller), id, last === "true");
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "post",
      path: "/passkeys/sign-in/options",
      tag: "Passkeys",
      access: "anyone",
      answer: { status: 200, schema: PasskeyRequest },
      errors: ["csrf", "invalid_session"],
    },
    async (c) => {
      requirePage(c);
      return c.json((await c.get("services").passkeys.beginSignIn()) satisfies PasskeyRequest);
    },
  )
  .on(
    {
      method: "post",
      path: "/passkeys/sign-in",
      tag: "Passkeys",
      access: "anyone",
      body: SignIn,
      answer: { status: 204, schema: null },
      errors: [
        "csrf",
        "invalid_session",
        "invalid_passkey",
        "challenge_spent",
        "unknown_passkey",
        "passkey_cloned",
        "connected_already",
        "too_many",
      ],
    },
    async (c, { caller, body: { credential, before } }) => {
      requirePage(c);
      const services = c.get("services");
      const { session } = caller;
      // What is sent with a session has been counted.
      if (!session) await limitChanges(c);
      const proven = await services.passkeys.prove(credential);
      const isElsewhere = session !== null && session.vault !== proven.vault;
      if (isElsewhere && before === undefined && (await isHolding(c, session))) {
        throw new AppError(
          "connected_already",
          "This browser has connected accounts without this passkey. Say what is to become of them: before=take takes them along, before=leave gives them up.",
        );
      }
      const user = await services.passkeys.enter(proven);
      const about = { app: DEFAULT_APP, user };
      const isTaking = isElsewhere && before === "take";
      if (isTaking) await services.takeAlong.begin(session, user);
      const id = await services.sessions.start({ ...about, kind: "browser", lifetime: BROWSER_SESSION_SECONDS });
      if (isTaking) await services.sessions.end(caller.id, session);
      else if (session) await endSession(c, caller.id, session);
      setSessionCookie(c, id);
      logCaller(c, about);
      logChange(c, "post /passkeys/sign-in", { by: "passkey" });
      return c.body(null, 204);
    },
  );
