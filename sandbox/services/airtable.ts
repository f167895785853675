import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import * as z from "zod";
import { airtableBases, type AirtableTable, airtableTables, airtableUser, tableRecords } from "../data/airtable.ts";
import { holderChoices } from "../data/people.ts";
import { hoursAgo } from "../data/words.ts";
import { type Call, json, jsonBody, looseParams, wholeNumber } from "../http.ts";
import { clientRequest } from "../oauth/revoke.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, open } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { pageSize } from "../settings.ts";
import { oneSetOfScopes, prefixed } from "./bearer.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";

const HOUR = 3600;
const SIXTY_DAYS = 60 * 24 * HOUR;
const API = "api.airtable.com";
const AUTH = "airtable.com";

const fieldsSchema = z.record(z.string(), z.unknown());
const recordSchema = z.object({ id: z.string(), createdTime: z.string(), fields: fieldsSchema });
const newRecords = z.union([
  z.object({ fields: fieldsSchema }).transform(({ fields }) => [{ fields }]),
  z
    .object({
      records: z
        .array(z.object({ fields: fieldsSchema }))
        .min(1)
        .max(10),
    })
    .transform(({ records }) => records),
]);

const errors: Service["errors"] = {
  unauthorized: () => failure(401, "AUTHENTICATION_REQUIRED", "Authentication required"),
  forbidden: () =>
    failure(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "The token may not do this, or it is not there."),
  notFound: () => json({ error: "NOT_FOUND" }, 404),
  badRequest: (_call, text) => failure(422, "INVALID_REQUEST_UNKNOWN", text),
  rateLimited: (_call, retryAfter, text) =>
    json(
      { errors: [{ error: "RATE_LIMIT_REACHED", message: text }] },
      429,
      retryAfter === null ? {} : { "retry-after": retryAfter },
    ),
  serverError: (_call, text) => failure(500, "SERVER_ERROR", text),
};

/** Airtable: PKCE and Basic required, rotation which ends the old pair at once. */
export const airtable: Service = {
  name: "airtable",
  title: "Airtable",
  colour: "#1f5fc4",
  slashAtEnd: true,
  accounts: holderChoices(["ada@northwind.example", "xiaoyu@tidepool.example", "New account, no bases"]),
  errors,
  words: { token: RFC_WORDS, api: { passing: GATEWAY, dead: [] } },
  oauth: {
    authorize: [{ host: AUTH, path: "/oauth2/v1/authorize" }],
    token: [{ host: AUTH, path: "/oauth2/v1/token" }],
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["basic"],
    pkce: "required",
    minimumState: 16,
    responseType: "required",
    redirectAtToken: "required",
    codePrefix: "",
    scopes: {
      known: SCOPE_WORDS.airtable,
      unknown: "redirect",
      parts: oneSetOfScopes(),
    },
    lifetimes: () => ({ access: HOUR, refresh: SIXTY_DAYS }),
    refreshExpiry: "sliding",
    wantsRefresh: () => true,
    rotation: { when: () => true, old: "dies", killsAccess: true, reuse: "revokes" },
    newToken: prefixed("oaa", "oar", 60),
    answer: ({ parts: [part] }) => ({
      access_token: part.access,
      refresh_token: part.refresh,
      token_type: "Bearer",
      scope: part.scopes.join(" "),
      expires_in: part.expiresIn,
      refresh_expires_in: part.refreshExpiresIn,
    }),
    refuse: refuseToken,
  },
  routes: [
    open(
      "POST",
      AUTH,
      "/oauth2/v1/revoke",
      (context) => {
        const asked = clientRequest(airtable, context);
        if (asked instanceof Response) return asked;
        const token = context.store.token(asked.params["token"] ?? "");
        if (token !== undefined) context.store.revokeGrant(token.grantId);
        return json({});
      },
      "revoke",
    ),
    api("GET", API, "/v0/meta/whoami", [], ({ account, token }) => {
      const { id, email } = airtableUser(account);
      return json({ id, scopes: token.scopes, ...(token.scopes.includes("user.email:read") ? { email } : {}) });
    }),
    api("GET", API, "/v0/meta/bases", ["schema.bases:read"], (context) => {
      const start = fromCursor("bases", context.call.query.get("offset"));
      if (start === undefined) return failure(422, "INVALID_OFFSET_VALUE", "The offset is not one this list gave.");
      const page = pageOf(airtableBases(context.account), start, pageSize(context.settings, 1000));
      return json({ bases: page.items, ...(page.next === undefined ? {} : { offset: toCursor("bases", page.next) }) });
    }),
    api("GET", API, "/v0/meta/bases/:base/tables", ["schema.bases:read"], (context) => {
      const base = findBase(context);
      return base === undefined ? errors.forbidden(context.call, [], []) : json({ tables: airtableTables(base) });
    }),
    api("GET", API, "/v0/:base/:table", ["data.records:read"], listRecords),
    api("POST", API, "/v0/:base/:table/listRecords", ["data.records:read"], listRecords),
    api("GET", API, "/v0/:base/:table/:record", ["data.records:read"], (context) => {
      const table = findTable(context);
      const record = table && allRecords(context, table).find(({ id }) => id === context.params["record"]);
      return record === undefined ? errors.notFound(context.call) : json(record);
    }),
    api("POST", API, "/v0/:base/:table", ["data.records:write"], createRecords),
  ],
};

function failure(status: number, type: string, message: string): Response {
  return json({ error: { type, message } }, status);
}

function refuseToken(_call: Call, { code, text }: Refusal): Response {
  if (code === "too_soon") return json({ error: "invalid_request", error_description: text }, 409);
  return json({ error: code, error_description: text }, code === "invalid_client" ? 401 : 400);
}

function findBase({ account, params }: ApiContext): string | undefined {
  return airtableBases(account).find(({ id }) => id === params["base"])?.id;
}

function findTable(context: ApiContext): AirtableTable | undefined {
  const base = findBase(context);
  if (base === undefined) return undefined;
  return airtableTables(base).find(
    ({ id, name }) => id === context.params["table"] || name === context.params["table"],
  );
}

function allRecords({ store, account }: ApiContext, table: AirtableTable) {
  return [...tableRecords(table), ...store.objects(account, `record:${table.id}`, recordSchema).toReversed()];
}

function listRecords(context: ApiContext): Response {
  const table = findTable(context);
  if (table === undefined) return errors.forbidden(context.call, [], []);
  const asked = looseParams(context.call);
  const start = fromCursor(table.id, asked["offset"]);
  if (start === undefined)
    return failure(422, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE", "The offset is not one this list gave.");
  const all = allRecords(context, table).slice(0, wholeNumber(asked["maxRecords"], Infinity, 1, 1e9));
  const page = pageOf(all, start, pageSize(context.settings, wholeNumber(asked["pageSize"], 100, 1, 100)));
  return json({ records: page.items, ...(page.next === undefined ? {} : { offset: toCursor(table.id, page.next) }) });
}

function createRecords(context: ApiContext): Response {
  const table = findTable(context);
  if (table === undefined) return errors.forbidden(context.call, [], []);
  const body = jsonBody(context.call);
  const wanted = newRecords.safeParse(body);
  if (!wanted.success) return failure(422, "INVALID_REQUEST_MISSING_FIELDS", "The body has no records with fields.");
  const created = wanted.data.map(({ fields }) => ({ id: `rec${randomText(14)}`, createdTime: hoursAgo(0), fields }));
  for (const record of created) context.store.addObject(context.account, `record:${table.id}`, record);
  return json(body !== undefined && "records" in body ? { records: created } : created[0]);
}
