import { DurableObject } from "cloudflare:workers";
import { AnyService } from "./any/any-service.ts";
import { isServiceName } from "./clients.ts";
import { control } from "./control.ts";
import { type Fault, faultAnswer, Faults } from "./faults.ts";
import { findRoute, type Match, serve } from "./gate.ts";
import { type Call, json } from "./http.ts";
import { Journal, readSettings } from "./journal.ts";
import { decide } from "./oauth/authorize.ts";
import { isRefusal } from "./oauth/client-auth.ts";
import { consentPage, errorPage } from "./oauth/consent-page.ts";
import { judged } from "./oauth/failing.ts";
import { awkwardAnswer, awkwardJson } from "./oauth/liberties.ts";
import { exchange } from "./oauth/token.ts";
import { isAt } from "./routes.ts";
import type { Service } from "./service.ts";
import { findService } from "./services/index.ts";
import { Store } from "./store.ts";
import { toCall } from "./to-call.ts";

export { isServiceName, sandboxClient, SERVICES, type SandboxClient, type ServiceName } from "./clients.ts";

const QUESTION_LIFETIME = 10 * 60_000;

/**
 * One emulated service: its authorization server, its API and its control API.
 * The first path segment names the service: `{origin}/github/api.github.com/user`. The name `evil` is a stranger's
 * server, which notes what it is sent and answers 200; under `any` is whatever an entry describes (`any/any-service.ts`).
 */
export class Emulator extends DurableObject {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #faults: Faults;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    this.#store = new Store(ctx.storage.sql);
    this.#journal = new Journal(ctx.storage.sql);
    this.#faults = new Faults(ctx.storage.sql);
    const longest = Number(env.SANDBOX_TOKEN_LIFETIME || Number.NaN);
    this.#store.setValue("started", {
      ...(Number.isInteger(longest) ? { renewable_lifetime: longest } : {}),
      ...(env.SANDBOX_MOOD === "bad" || env.SANDBOX_MOOD === "worse" ? { mood: env.SANDBOX_MOOD } : {}),
    });
  }

  override async fetch(request: Request): Promise<Response> {
    const [, name = "", second = "", third = ""] = new URL(request.url).pathname.split("/");
    if (name === "any") return new AnyService(this.#store, this.#journal, this.#faults).fetch(request);
    const service = isServiceName(name) ? findService(name) : undefined;
    if (second === "_control") {
      return control(request, third, { store: this.#store, journal: this.#journal, faults: this.#faults, service });
    }
    if (service === undefined)
      return name === "evil" ? this.#overhear(request) : json({ error: "no such service" }, 404);
    if (second === "_consent") return this.#consent(request, service);
    return this.#answer(request, service);
  }

  /** Answers at an endpoint of the service, and notes it. */
  async #answer(request: Request, service: Service): Promise<Response> {
    const call = toCall(request, service.name, new Uint8Array(await request.arrayBuffer()));
    const entry = this.#note(call);
    const response = await this.#dispatch(call, service);
    this.#journal.end(entry, response.status);
    return response;
  }

  async #dispatch(call: Call, service: Service): Promise<Response> {
    if (isAt(call, service.oauth.authorize)) return this.#authorize(call, service);
    const settings = readSettings(this.#store);
    if (isAt(call, service.oauth.token)) {
      await pause(settings.token_delay_ms);
      return this.#withFaults("token", call, service, (override) => this.#token(call, service, override));
    }
    const match = findRoute(service, call);
    const endpoint = match === undefined || match === "wrongMethod" ? "api" : match.route.endpoint;
    if (endpoint === "api") await pause(settings.api_delay_ms);
    return this.#withFaults(endpoint, call, service, () => this.#serve(call, service, match));
  }

  async #withFaults(
    endpoint: Fault["endpoint"],
    call: Call,
    service: Service,
    answer: (override: Fault["override"]) => Promise<Response>,
  ): Promise<Response> {
    const fault = this.#faults.take(endpoint) ?? this.#moody(endpoint, service);
    if (fault === undefined) return answer(undefined);
    if (fault.processed === true) await answer(undefined);
    return (await faultAnswer(fault, call, service, this.#faults)) ?? answer(fault.override);
  }

  /** What a service in a bad mood does to a call now and then: it answers with something that passes, and does nothing. */
  #moody(endpoint: Fault["endpoint"], service: Service): Fault | undefined {
    const { mood } = readSettings(this.#store);
    if (mood === "good" || (endpoint !== "token" && endpoint !== "api")) return undefined;
    const { passing, dead } = service.words[endpoint];
    if (mood === "worse" && endpoint === "token" && Math.random() < 0.05) {
      this.#store.revokeGrants();
      return { endpoint, fault: "dead", which: Math.floor(Math.random() * dead.length) };
    }
    const isMet = Math.random() < (endpoint === "token" ? 0.5 : 0.25);
    return isMet ? { endpoint, fault: "passing", which: Math.floor(Math.random() * passing.length) } : undefined;
  }

  #authorize(call: Call, service: Service): Response {
    if (call.method !== "GET") return errorPage(service, "This page is opened with GET.", 405);
    const verdict = judged(call, service, this.#store, this.#faults);
    if (verdict.kind === "refused") return errorPage(service, verdict.text);
    if (verdict.kind === "redirect") return redirect(verdict.location);
    return consentPage(
      service,
      this.#store,
      verdict.question,
      this.#store.ask(verdict.question, call.now + QUESTION_LIFETIME),
    );
  }

  async #consent(request: Request, service: Service): Promise<Response> {
    if (request.method !== "POST") return errorPage(service, "This page is only sent to.", 405);
    const origin = request.headers.get("origin");
    if (origin !== null && origin !== new URL(request.url).origin) return errorPage(service, "Not from another site.");
    const call = toCall(request, service.name, new Uint8Array(await request.arrayBuffer()));
    const form = new URLSearchParams(call.text);
    const account = Number(form.get("account") ?? "0");
    const decision = form.get("decision");
    if (service.accounts[account] === undefined || (decision !== "allow" && decision !== "deny")) {
      return errorPage(service, "The form is not complete.");
    }
    const question = this.#store.takeQuestion(form.get("request") ?? "", call.now);
    if (question === undefined) return errorPage(service, "This request was answered before, or has expired.");
    const ticked = [...form.getAll("ticked"), ...form.getAll(`ticked-${account}`)].map(String);
    return redirect(decide(call, service, this.#store, question, { allow: decision === "allow", account, ticked }));
  }

  async #token(call: Call, service: Service, override: Fault["override"]): Promise<Response> {
    const { oauth } = service;
    if (!oauth.tokenMethods.includes(call.method)) return json({ error: "method_not_allowed" }, 405);
    const refused = service.name === "notion" ? service.guard?.(call) : undefined;
    if (refused !== undefined) return refused;
    const result = await exchange(call, service, this.#store);
    const response = isRefusal(result)
      ? oauth.refuse(call, result)
      : (oauth.encode ?? asJson)(call, { ...awkwardAnswer(result.answer), ...override });
    // RFC 6749 section 5.1.
    response.headers.set("cache-control", "no-store");
    response.headers.set("pragma", "no-cache");
    return response;
  }

  async #serve(call: Call, service: Service, match: Match | "wrongMethod" | undefined): Promise<Response> {
    const found = match === "wrongMethod" ? undefined : match;
    return serve(service, found, {
      call,
      store: this.#store,
      settings: readSettings(this.#store),
      params: found?.params ?? {},
      ask: (inner) => this.#serve(inner, service, findRoute(service, inner)),
    });
  }

  async #overhear(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const headers = Object.fromEntries(request.headers);
    const heard = { at: Date.now(), method: request.method, host: "evil", query: url.search, headers };
    const entry = this.#journal.begin({
      ...heard,
      path: url.pathname.slice("/evil".length),
      body: await request.text(),
    });
    this.#journal.end(entry, 200);
    return json({ access_token: "evil", token_type: "Bearer" });
  }

  #note(call: Call): number {
    return this.#journal.begin({
      at: call.now,
      method: call.method,
      host: call.host,
      path: call.path,
      query: call.search,
      headers: Object.fromEntries(call.headers),
      body: call.text,
    });
  }
}

function asJson(_call: Call, answer: Record<string, unknown>): Response {
  return awkwardJson(answer);
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });
}

async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
