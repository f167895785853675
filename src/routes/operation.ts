/**
 * Routes as declarations: who may call, what goes in, what comes out, what can go wrong. Requests are held to a declaration
 * before its handler runs, and the OpenAPI document is written from the same one, so neither can say what the other does not.
 * What a route does in words, with examples, stands in `scripts/openapi/`: readers need it, the Worker does not.
 */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import * as z from "zod/mini";
import { DEFAULT_APP } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import type { ErrorCode } from "../errors.ts";
import { authorize, type Access, type Caller } from "../middleware/caller.ts";
import { readJson } from "../middleware/json-body.ts";
import { limitCalls, limitChanges, tellLimits } from "../middleware/limits.ts";
import { logCaller, logChange } from "../middleware/request-log.ts";
import { REPLAYED_HEADER, once } from "../middleware/once.ts";
import { parseInput, type Output } from "../middleware/valid.ts";
import { readSegment } from "./chosen.ts";

type Schema = z.ZodMiniType;

/** The path of everything about one integration; where it is about one connection, `@` and its label may follow. */
export const IntegrationPath = z.object({ integration: z.string() });
export const ConnectionPath = z.object({ connection: z.string().check(z.maxLength(256)) });
/** The path of everything about one app, and who may call it. */
export const AppPath = z.object({ app: z.string().check(z.maxLength(64)) });
export const owner = { as: "owner", scope: "manage" } as const;

/** What a route promises. */
export interface Operation<
  Params extends Schema | undefined = Schema | undefined,
  Query extends Schema | undefined = Schema | undefined,
  Body extends Schema | undefined = Schema | undefined,
> {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** As OpenAPI writes it: `/connections/{connection}`. */
  readonly path: string;
  readonly tag:
    | "Connect"
    | "Catalogue"
    | "Connections"
    | "Approvals"
    | "Data"
    | "Apps"
    | "Sessions"
    | "Passkeys"
    | "Events"
    | "Jobs"
    | "Operator"
    | "Proxy";
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Whether it makes something, so that an `Idempotency-Key` has it carried out once. */
  readonly makes?: boolean;
  /** The answer where all goes well; a schema of null is an answer without JSON. */
  readonly answer: { readonly status: 200 | 201 | 202 | 204 | 303; readonly schema: Schema | null };
  /** What may go wrong beside what can go wrong everywhere: 400, 401, 403, 429, 5xx. */
  readonly errors?: readonly ErrorCode[];
}

/** What a handler is given: checked, and by somebody who may. */
export interface Input<Params, Query, Body> {
  readonly caller: Caller;
  readonly params: Output<Params>;
  readonly query: Output<Query>;
  readonly body: Output<Body>;
}

/** A group of routes, with what each of them promises. */
export class Routes {
  readonly hono = new Hono<AppEnv>();
  readonly operations: Operation[] = [];

  /** Adds a route. The handler runs for requests that keep to the declaration. */
  on<
    Params extends Schema | undefined = undefined,
    Query extends Schema | undefined = undefined,
    Body extends Schema | undefined = undefined,
  >(
    operation: Operation<Params, Query, Body>,
    handler: (c: Context<AppEnv>, input: Input<Params, Query, Body>) => Response | Promise<Response>,
  ): this {
    const { method, access, params, query, body } = operation;
    this.hono.on(method.toUpperCase(), toHonoPath(operation.path), async (c) => {
      const ids: Readonly<Record<string, string>> = c.req.param();
      const caller = await authorize(c, access);
      logCaller(c, caller);
      await limitCalls(c, caller);
      tellLimits(c, caller);
      if (method !== "get" && isAtPage(caller)) await limitChanges(c);
      const withId = (part: unknown): Promise<unknown> => nameById(c, ids["app"] ?? caller.app, part);
      const input: Input<Params, Query, Body> = {
        caller,
        params: parseInput(params, "path", await withId(ids)),
        query: parseInput(query, "query", await withId(c.req.query())),
        body: parseInput(body, "body", body && (await withId(await readJson(c.req.raw)))),
      };
      const carryOut = async (): Promise<Response> => handler(c, input);
      const answer = await (operation.makes ? once(c, caller, input.body, carryOut) : carryOut());
      if (method !== "get" && access !== "anyone" && answer.ok && !answer.headers.has(REPLAYED_HEADER)) {
        logChange(c, `${method} ${operation.path}`, { by: caller.session?.kind ?? "admin", ...ids });
      }
      return answer;
    });
    return this.describe(operation);
  }

  /** Adds what is promised of a route that is answered elsewhere. */
  describe(operation: Operation): this {
    this.operations.push(operation);
    return this;
  }
}

const isNaming = (part: unknown): part is { readonly integration: string } =>
  typeof part === "object" && part !== null && "integration" in part && typeof part.integration === "string";

/** The same part of a request, with the id of an integration that it names by its slug; a label behind it stays. */
async function nameById(c: Context<AppEnv>, app: string, part: unknown): Promise<unknown> {
  if (!isNaming(part)) return part;
  const { integration, label } = readSegment(part.integration);
  const id = await c.get("services").clientVault.idOf(app, integration);
  return id === integration ? part : { ...part, integration: label === undefined ? id : `${id}@${label}` };
}

/** Whether somebody calls as a user of the page, which everybody may become. */
const isAtPage = ({ app, session }: Caller): boolean => session !== null && app === DEFAULT_APP;

const toHonoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");
