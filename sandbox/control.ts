/**
 * The control API of an emulated service, for tests and demonstrations: `{origin}/{service}/_control/...`, JSON in and out.
 *
 * - `GET|POST settings`   reads or changes `settingsSchema` (settings.ts); a POST changes only the fields it names.
 * - `GET|POST|DELETE faults`   programs `faultSchema` (faults.ts): the next `times` requests to `endpoint` get a named
 *   `fault`, a literal `status`/`headers`/`body`, or a real token answer with `override` merged over it. Oldest first.
 *   At `authorize` the service's page fails: the callback says the service's own error, or `override` in its place.
 *   `processed` does what was asked before the fault answers. DELETE also lets go of requests which hang.
 * - `GET|DELETE log`      `[{at, method, host, path, query, headers, body, status}]`, oldest first; status null: no answer yet.
 * - `GET grants`          `{grants, issued}`: every consent with its live tokens; every secret ever issued, as canaries.
 * - `POST expire`         expires all access tokens.
 * - `POST revoke`         ends all grants, as when people remove the app at the service.
 * - `POST consent`        `{url, decision, account?, ticked?}` -> `{location}`: what a person does on the consent page.
 * - `POST reset`          forgets everything, settings and log too; and of the page's users, who lives on a grant with whom.
 */
import * as z from "zod";
import { isServiceName } from "./clients.ts";
import { type Faults, faultSchema } from "./faults.ts";
import { type Call, json } from "./http.ts";
import { type Journal, readSettings } from "./journal.ts";
import { decide } from "./oauth/authorize.ts";
import { judged } from "./oauth/failing.ts";
import { isAt } from "./routes.ts";
import type { Service } from "./service.ts";
import { settingsSchema } from "./settings.ts";
import type { Store } from "./store.ts";
import { toCall } from "./to-call.ts";

/** Everything a control request can reach. */
export interface Controls {
  readonly store: Store;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Undefined for `evil`, which has a log and nothing else. */
  readonly service: Service | undefined;
}

const consentSchema = z.strictObject({
  url: z.url(),
  decision: z.enum(["allow", "deny"]),
  account: z.number().int().min(0).default(0),
  ticked: z.array(z.string()).optional(),
});

type Action = (controls: Controls, body: unknown, now: number) => Response | Promise<Response>;

const ACTIONS: Readonly<Record<string, Action>> = {
  "GET settings": ({ store }) => json(readSettings(store)),
  "POST settings": ({ store }, body) => {
    const changes = settingsSchema.partial().safeParse(body);
    if (!changes.success) return problem(z.prettifyError(changes.error));
    store.setValue("settings", { ...readSettings(store), ...changes.data });
    return json(readSettings(store));
  },
  "GET faults": ({ faults }) => json(faults.pending()),
  "POST faults": ({ faults }, body) => {
    const fault = faultSchema.safeParse(body);
    if (!fault.success) return problem(z.prettifyError(fault.error));
    faults.add(fault.data);
    return json(faults.pending());
  },
  "DELETE faults": ({ faults }) => {
    faults.clear();
    return json([]);
  },
  "GET log": ({ journal }) => json(journal.entries()),
  "DELETE log": ({ journal }) => {
    journal.clear();
    return json([]);
  },
  "GET grants": ({ store }, _body, now) => json(grantReport(store, now)),
  "POST expire": ({ store }, _body, now) => {
    store.expireAccessTokens(now);
    return json({ ok: true });
  },
  "POST revoke": ({ store }) => {
    store.revokeGrants();
    return json({ ok: true });
  },
  "POST consent": consent,
  "POST reset": ({ store, faults }) => {
    faults.clear();
    store.wipe();
    return json({ ok: true });
  },
};

/** Answers a control request. Other sites cannot use a visitor's browser for it: their Origin gives them away. */
export async function control(request: Request, name: string, controls: Controls): Promise<Response> {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== new URL(request.url).origin) return problem("Not from another origin.", 403);
  const action = ACTIONS[`${request.method} ${name}`];
  if (action === undefined) return problem("No such control.", 404);
  const text = await request.text();
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    return problem("The body is not JSON.");
  }
  return action(controls, body, Date.now());
}

function consent({ store, faults, service }: Controls, body: unknown): Response {
  const wanted = consentSchema.safeParse(body);
  if (!wanted.success) return problem(z.prettifyError(wanted.error));
  const call = authorizeCall(wanted.data.url);
  if (service === undefined || call?.service !== service.name) return problem("The url is not of this service.");
  if (!isAt(call, service.oauth.authorize)) return problem("The url is not an authorization endpoint.");
  if (service.accounts[wanted.data.account] === undefined) return problem("There is no such account.");

  const verdict = judged(call, service, store, faults);
  if (verdict.kind === "refused") return problem(verdict.text);
  if (verdict.kind === "redirect") return json({ location: verdict.location });
  const { decision, account, ticked } = wanted.data;
  const answer = { allow: decision === "allow", account, ...(ticked === undefined ? {} : { ticked }) };
  return json({ location: decide(call, service, store, verdict.question, answer) });
}

function authorizeCall(url: string): Call | undefined {
  const { pathname } = new URL(url);
  const [, name = ""] = pathname.split("/", 2);
  return isServiceName(name) ? toCall(new Request(url), name, new Uint8Array()) : undefined;
}

function grantReport(store: Store, now: number): object {
  const grants = store.grants().map((grant) => {
    const tokens = store.tokens(grant.id);
    const live = tokens.filter((token) => !grant.revoked && !token.revoked && (token.expiresAt ?? Infinity) > now);
    const count = (kind: string) => live.filter((token) => token.kind === kind).length;
    return {
      id: grant.id,
      account: grant.account,
      parts: grant.parts,
      scopes: grant.parts.flatMap((part) => part.scopes),
      authorized_at: grant.authorizedAt,
      live_access_tokens: count("access"),
      live_refresh_tokens: count("refresh"),
      revoked: grant.revoked,
      refresh_count: grant.refreshCount,
      reuse_detected: grant.reuseDetected,
    };
  });
  const tokens = store.grants().flatMap((grant) => store.tokens(grant.id));
  return { grants, issued: [...store.codes(), ...tokens].map((secret) => secret.value) };
}

function problem(message: string, status = 400): Response {
  return json({ error: "control", message }, status);
}
