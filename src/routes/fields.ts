/**
 * The form of a service that asks for something: a key, a user name and password, or where it is. The page is a static file;
 * which flow it is stands behind its `#`, and comes from there in a body. What is typed goes to the service to be verified,
 * and sealed into the vault, and nowhere else.
 */
import type { Context } from "hono";
import { EnteredFields, EnteredOutcome, FieldsForm, OpenedForm } from "../api-connect.ts";
import { wayOn, type ConfiguredIntegration } from "../apps/integrations.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { DEFAULT_APP, exactly } from "../connections/connection.ts";
import { fieldsOf, readingOf } from "../catalogue/listings.ts";
import type { AppEnv } from "../context.ts";
import { addressNames, readInputs, wrong, type Inputs } from "../contract/inputs.ts";
import { Unfillable, fillIn } from "../contract/templates.ts";
import { AppError } from "../errors.ts";
import { limitChanges } from "../middleware/limits.ts";
import { logCaller, logChange } from "../middleware/request-log.ts";
import { ensureBrowser, findSession, getBrowser } from "../middleware/session.ts";
import { createCodeVerifier } from "../oauth/authorization.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { verifyInputs } from "../data/verify-inputs.ts";
import { appPlace, connectedAt, failedAt, store, withSession } from "./flow-end.ts";
import { Routes } from "./operation.ts";
import { checkOwnPage } from "./own-page.ts";
import { checkReturnTo } from "./return-to.ts";

/** A flow that waits for its form, in the browser and by the person that it was begun for. */
interface Flow {
  readonly state: string;
  readonly authorization: Authorization;
  readonly integration: ConfiguredIntegration;
  readonly signed_in: boolean;
}

/** @throws AppError for a state that is of no use here; `user_mismatch` for another session than it was begun in */
async function findFlow(c: Context<AppEnv>, state: string): Promise<Flow> {
  checkOwnPage(c);
  const { authorizations, integrations } = c.get("services");
  const { claims, authorization } = await authorizations.look(state, ensureBrowser(c));
  logCaller(c, authorization);
  if (claims.app !== DEFAULT_APP) await checkReturnTo(c, claims.app, authorization.return_to ?? "");
  const { signed_in } = claims;
  if (signed_in && (await findSession(c))?.session.vault !== claims.vault) {
    throw new AppError(
      "user_mismatch",
      "The session that started this has ended or is another one now, so nothing was connected. Start again.",
    );
  }
  return { state, authorization, integration: await integrations.find(claims.app, claims.integration), signed_in };
}

/** What has to stay as it is, by field: where the connection is that is connected again. */
async function fixedOf(c: Context<AppEnv>, { authorization, integration }: Flow): Promise<TokenSet["details"]> {
  const { app, user, wanted } = authorization;
  if (wanted.as !== "renew") return {};
  const held = await c.get("services").connections.detailsOf(exactly({ app, user }, wanted.place));
  return Object.fromEntries(
    addressNames(integration.provider).flatMap((name) => (name in held ? [[name, held[name] ?? ""]] : [])),
  );
}

/** What is typed, with what stays as it is. @throws AppError `invalid_request` naming the field */
async function readTyped(c: Context<AppEnv>, flow: Flow, typed: Readonly<Record<string, string>>): Promise<Inputs> {
  const { provider } = flow.integration;
  const fixed = await fixedOf(c, flow);
  const given = Object.fromEntries(Object.entries(fixed).map(([name, value]) => [name, String(value)]));
  const inputs = readInputs(provider, { ...typed, ...given });
  try {
    fillIn(provider, inputs.details, "known");
  } catch (error) {
    if (!(error instanceof Unfillable)) throw error;
    throw wrong(error.slot, "is no name of a public host");
  }
  return inputs;
}

/** Sends the person on to the service's consent, with what they have typed. */
async function goOn(c: Context<AppEnv>, flow: Flow, { details, fields }: Inputs): Promise<EnteredOutcome> {
  const { state, authorization, integration, signed_in } = flow;
  const next: Authorization = {
    ...authorization,
    code_verifier: createCodeVerifier(integration.provider),
    fields: { ...details, ...fields },
    form: state,
  };
  const services = c.get("services");
  const begun = await services.authorizations.newState(next, signed_in);
  const location = await wayOn(services.endpoint(integration), next, begun);
  await services.authorizations.begin(next, ensureBrowser(c), begun);
  return { location, display: "page" };
}

/** Stores what was typed, now that the service has taken it; of two at once, one is. */
async function finish(c: Context<AppEnv>, flow: Flow, inputs: Inputs): Promise<EnteredOutcome> {
  const services = c.get("services");
  const { state, authorization, integration } = flow;
  const { display, redirect_uri, return_to } = authorization;
  const { tokens, account } = await verifyInputs(services.endpoint(integration), inputs);
  await services.authorizations.claim(state, integration.id, new URL(redirect_uri).pathname, getBrowser(c));
  const known = { account, asked: null };
  const { connection_code, place } = await store(c, authorization, tokens, known).catch(async (error: unknown) => {
    if (error instanceof AppError) await services.connectSessions.fail(authorization, error.code).catch(() => {});
    throw error;
  });
  logChange(c, connection_code === null ? "connected" : "granted", { integration: integration.id });
  if (connection_code !== null) return { location: appPlace(c, return_to, { connection_code }).href, display };
  const location =
    return_to === null ? await withSession(c, authorization, place) : connectedAt(c, return_to, integration.id);
  return { location: location?.href ?? null, display: "page" };
}

const FORM_ERRORS = [
  "invalid_state",
  "state_consumed",
  "state_expired",
  "state_browser_mismatch",
  "unknown_integration",
  "user_mismatch",
  "csrf",
] as const;

export const fieldsRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/connect/fields/page",
      tag: "Connect",
      access: "anyone",
      body: OpenedForm,
      answer: { status: 200, schema: FieldsForm },
      errors: FORM_ERRORS,
    },
    async (c, { body }) => {
      const flow = await findFlow(c, body.state);
      const { authorization, integration } = flow;
      const { id, provider } = integration;
      const fixed = await fixedOf(c, flow);
      const { docs, mark } = await readingOf(c.env.ASSETS, provider);
      const fields = await fieldsOf(c.env.ASSETS, provider);
      return c.json({
        app: await lookOf(c, authorization.app),
        integration: id,
        name: provider.name,
        provider: provider.id,
        mark,
        docs,
        next: provider.credentials === "fields" ? "connected" : "consent",
        fields: Object.entries(fields).map(([name, field]) => ({
          name,
          title: field.title,
          description: field.description ?? null,
          example: field.example ?? null,
          help: field.help ?? null,
          secret: field.secret ?? false,
          pattern: field.pattern ?? null,
          optional: field.optional ?? false,
          default: field.default ?? null,
          choices: field.choices ? [...field.choices] : null,
          suffix: field.suffix ?? null,
          multiline: field.multiline ?? false,
          fixed: name in fixed ? String(fixed[name]) : null,
        })),
      } satisfies FieldsForm);
    },
  )
  .on(
    {
      method: "post",
      path: "/connect/fields",
      tag: "Connect",
      access: "anyone",
      body: EnteredFields,
      answer: { status: 200, schema: EnteredOutcome },
      errors: [...FORM_ERRORS, "fields_refused", "account_mismatch", "unknown_connection", "too_many"],
    },
    async (c, { body }) => {
      await limitChanges(c);
      const flow = await findFlow(c, body.state);
      const inputs = await readTyped(c, flow, body.fields);
      const isWhole = flow.integration.provider.credentials === "fields";
      return c.json((await (isWhole ? finish : goOn)(c, flow, inputs)) satisfies EnteredOutcome);
    },
  )
  .on(
    {
      method: "post",
      path: "/connect/fields/cancel",
      tag: "Connect",
      access: "anyone",
      body: OpenedForm,
      answer: { status: 200, schema: EnteredOutcome },
      errors: FORM_ERRORS,
    },
    async (c, { body }) => {
      const services = c.get("services");
      const { state, authorization, integration } = await findFlow(c, body.state);
      const { app, return_to, display, redirect_uri } = authorization;
      await services.authorizations.claim(state, integration.id, new URL(redirect_uri).pathname, getBrowser(c));
      await services.connectSessions.fail(authorization, "connect_cancelled").catch(() => {});
      if (app !== DEFAULT_APP) {
        const place = appPlace(c, return_to, { error: "connect_cancelled" });
        return c.json({ location: place.href, display } satisfies EnteredOutcome);
      }
      const place = return_to === null ? null : failedAt(c, return_to, integration.id, "connect_cancelled");
      return c.json({ location: place?.href ?? null, display: "page" } satisfies EnteredOutcome);
    },
  );

/** How an app looks to its users; null: this is Latchkey's own page. */
async function lookOf(c: Context<AppEnv>, app: string): Promise<FieldsForm["app"]> {
  if (app === DEFAULT_APP) return null;
  const { name, logo_url, accent } = await c.get("services").apps.find(app);
  return { name, logo: logo_url && `/apps/${app}/logo`, accent };
}
