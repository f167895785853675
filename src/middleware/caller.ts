/** Who calls, and whether they may: the one place that decides it. */
import type { Context } from "hono";
import type { Scope } from "../api-apps.ts";
import { UserId } from "../api-apps.ts";
import type { Session } from "../apps/sessions.ts";
import { APP_ITSELF, DEFAULT_APP, OPERATOR } from "../connections/connection.ts";
import { integrationOf } from "../connections/place.ts";
import { isOurKey } from "../connections/names.ts";
import type { AppEnv } from "../context.ts";
import { AppError, invalidField } from "../errors.ts";
import { requireAdmin } from "./admin.ts";
import { checkNetwork, checkWhole } from "./granted.ts";
import { limitAddress } from "./limits.ts";
import { findSession, invalidSession, readBearer, requireOwnOrigin, sessionCookie } from "./session.ts";

/**
 * Who may call a route.
 * - `anyone`: no credential is asked for; one that is there is used
 * - `admin`: the operator
 * - `person`: somebody at the page, by cookie
 * - `jobs`: whoever may have everything of theirs taken back: somebody at the page, by cookie; an app's key; the operator
 * - `user`: on behalf of one user: the page, a user's key or session, or an app's key with `X-Latchkey-User`
 * - `reader`: like `user`, or the `session_id` of this one connection
 * - `app`: an app's key; with `X-Latchkey-User`, for that user alone
 * - `app or user`: the same, or a user for themselves
 * - `owner`: an app's key for that very app, or the operator
 */
export type Access =
  | "anyone"
  | "admin"
  | "person"
  | "jobs"
  | { readonly as: "user" | "reader" | "app" | "app or user" | "owner"; readonly scope: Scope };

/** A caller. The user is `APP_ITSELF` where an app calls for all of its users. */
export interface Caller {
  readonly app: string;
  readonly user: string;
  /** null: the operator, or anyone. */
  readonly session: Session | null;
  /** The session's id, which is a secret; empty without one. */
  readonly id: string;
  readonly by: "cookie" | "bearer" | "none";
  /** Whether the call is to change something of ours, and not only to look or to call a service. */
  readonly changes: boolean;
}

export const USER_HEADER = "X-Latchkey-User";

const NOBODY: Caller = { app: DEFAULT_APP, user: APP_ITSELF, session: null, id: "", by: "none", changes: false };

/** @throws AppError `invalid_session`, `invalid_admin_key`, `insufficient_scope`, `user_required`, `user_mismatch`, `csrf`, `origin_denied` */
export async function authorize(c: Context<AppEnv>, access: Access): Promise<Caller> {
  if (access === "admin") {
    await requireAdmin(c);
    return NOBODY;
  }
  if (!presentsCredential(c, access)) await limitAddress(c);
  if (access === "anyone") {
    const caller = await findCaller(c);
    if (!caller?.session || caller.session.kind === "read") return NOBODY;
    return caller.session.kind === "app" && c.req.header(USER_HEADER) !== undefined ? forUser(c, caller, true) : caller;
  }
  const as = typeof access === "object" ? access.as : access;
  if ((as === "owner" || as === "jobs") && (await isAdmin(c))) {
    return { ...NOBODY, app: as === "jobs" ? OPERATOR : (c.req.param("app") ?? "") };
  }
  const isReading = as === "reader";
  if (isReading && c.req.query("session_id") !== undefined) return findReader(c);
  const caller = await findCaller(c);
  if (isReading && caller?.session?.kind === "read") return permitReader(c, caller);
  if (!caller?.session || caller.session.kind === "read") throw invalidSession(c);
  if (c.req.method !== "GET" && caller.by === "cookie") requireOwnOrigin(c);
  if (access === "jobs" && caller.session.kind === "app") return permit(c, MANAGING, caller, caller.session);
  if (typeof access === "string") {
    if (caller.session.kind !== "browser") {
      throw new AppError(
        "invalid_session",
        "This is for a person at Latchkey's own page, and not for keys and sessions.",
      );
    }
    return caller;
  }
  return permit(c, access, caller, caller.session);
}

const MANAGING = { as: "app", scope: "manage" } as const;

function permit(
  c: Context<AppEnv>,
  { as, scope }: Exclude<Access, string>,
  caller: Caller,
  { kind, scopes, place }: Session,
): Caller {
  const isApp = kind === "app";
  if ((as === "app" || as === "owner") && !isApp) throw insufficientScope(`an app's key with the scope ${scope}`);
  // What a key asks for is decided by whoever is at the page, and by no key of theirs.
  const isPerson = scope === "approve" && kind === "browser";
  if (!isPerson && !scopes.includes(scope)) throw insufficientScope(`the scope ${scope}`);
  // The same answer as for an app that does not exist.
  if (as === "owner" && c.req.param("app") !== caller.app)
    throw new AppError("not_found", "There is no app of that id.");
  if (scope === "manage" || scope === "approve") checkWhole(caller);
  if (scope === "approve" && place !== null) throw insufficientScope("a session for all of its user's connections");
  const held = { ...caller, changes: scope === "connect" || scope === "tokens" };
  // An app that says which of its users it asks for is shown that one's alone, whatever ids it has been handed.
  const isForOne = as === "user" || as === "reader" || (as !== "owner" && c.req.header(USER_HEADER) !== undefined);
  return isForOne ? forUser(c, held, isApp) : held;
}

/** Marks text that is not ASCII in a header (RFC 8187 3.2.1): its UTF-8, percent-encoded. */
const EXTENDED = /^utf-8'[a-z0-9-]*'/i;

/** The user that a header names; undefined where it names none. */
function readUserHeader(value: string | undefined): string | undefined {
  if (value === undefined || !/^[\x20-\x7e]*$/.test(value)) return undefined;
  const encoded = EXTENDED.exec(value);
  try {
    return UserId.safeParse(encoded ? decodeURIComponent(value.slice(encoded[0].length)) : value).data;
  } catch {
    return undefined;
  }
}

/** The user a call is for: an app's key has to say who, and nobody else may say another than themselves. */
export function forUser(c: Context<AppEnv>, caller: Caller, isApp: boolean): Caller {
  const header = c.req.header(USER_HEADER);
  const named = readUserHeader(header);
  if (!isApp) {
    if (header === undefined || named === caller.user) return caller;
    throw new AppError("user_mismatch", `This session is for one user, and ${USER_HEADER} names another.`);
  }
  if (named === undefined) {
    throw new AppError("user_required", `An app's key is for all of its users: say which one in ${USER_HEADER}.`);
  }
  return { ...caller, user: named };
}

/** Holds a user that a request names against the one that the call is for. @throws AppError `user_mismatch` */
export function checkUser(caller: Caller, named: string): void {
  if (caller.user !== APP_ITSELF && caller.user !== named) {
    throw invalidField("user", "this call is for another user.", "user_mismatch");
  }
}

/** @param needed in the form "the scope read" */
export function insufficientScope(needed: string): AppError {
  return new AppError("insufficient_scope", `This needs ${needed}. Use a key that has it.`);
}

/** Whoever presents a live session, by bearer or by cookie. @throws AppError `origin_denied`, `network_denied` */
export async function findCaller(c: Context<AppEnv>): Promise<Caller | undefined> {
  const found = await findSession(c);
  if (!found) return undefined;
  const { app, user } = found.session;
  const caller = { ...found, app, user, changes: false };
  await checkWhence(c, caller, found.session);
  return caller;
}

/**
 * Where a call comes from: a page elsewhere may call with a session of an app that has registered it, and a key from the
 * networks that its grant names.
 * @throws AppError `origin_denied`, `network_denied`
 */
export async function checkWhence(
  c: Context<AppEnv>,
  { app, by }: Pick<Caller, "app" | "by">,
  session: Session,
): Promise<void> {
  checkNetwork(c, session);
  const origin = c.req.header("Origin");
  const services = c.get("services");
  if (origin === undefined || by !== "bearer" || origin === services.origin || app === DEFAULT_APP) return;
  if (!(await services.apps.find(app)).origins.includes(origin)) {
    throw new AppError("origin_denied", "This page is not among the app's origins. Register it with the app.");
  }
  c.set("corsOrigin", origin);
}

/** Keys of apps look like nothing else, so that a call with one is not counted as a guess. */
async function isAdmin(c: Context<AppEnv>): Promise<boolean> {
  if (isOurKey(readBearer(c.req.header("Authorization") ?? "") ?? "")) return false;
  try {
    await requireAdmin(c);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_admin_key") return false;
    throw error;
  }
}

/** Whether a call comes with anything that might say whose it is; what is made of it is decided where it is looked for. */
function presentsCredential(c: Context<AppEnv>, access: Access): boolean {
  const authorization = c.req.header("Authorization");
  if (typeof access === "object" && access.as === "reader" && c.req.query("session_id") !== undefined) return true;
  return authorization === undefined ? Boolean(sessionCookie(c)) : readBearer(authorization) !== undefined;
}

/** The holder of a `session_id` in the query, which reads the one connection it was made for. */
async function findReader(c: Context<AppEnv>): Promise<Caller> {
  const [id = "", ...others] = c.req.queries("session_id") ?? [];
  const session = others.length === 0 ? await c.get("services").sessions.find(id) : undefined;
  if (!session) throw invalidSession(c, true);
  return permitReader(c, { app: session.app, user: session.user, session, id, by: "bearer", changes: false });
}

/** A browser's session must never be put into a URL, so it does not work from one. @throws AppError `invalid_session` */
function permitReader(c: Context<AppEnv>, caller: Caller): Caller {
  const { session } = caller;
  if (session?.kind !== "read" || session.place === null) throw invalidSession(c);
  const [integration] = c.req.param("integration")?.split("@", 1) ?? [];
  if (integrationOf(session.place) !== integration) throw invalidSession(c);
  return caller;
}
