/**
 * Plays any service, out of its entry alone: strict in everything that the entry does not say. At `{origin}/any/{id}/HOST/PATH`,
 * and as `https://HOST/PATH` for Latchkey where HOST ends in `{id}.any.example.com`.
 *
 * Its controls are those of `control.ts`, and of its own:
 * - `POST entry`  `{entry, tells?, keys?}`: the service to play; `tells`: what a detail is for each account, by name; `keys`:
 *   the public keys that its client has registered there.
 * - `POST issue`  `{fields, account?}`: values that work from now on. Until there are any, the examples of the fields do.
 */
import * as z from "zod";
import { control } from "../control.ts";
import { type Fault, faultAnswer, type Faults } from "../faults.ts";
import { type Call, json } from "../http.ts";
import { type Journal, readSettings } from "../journal.ts";
import { isRefusal } from "../oauth/client-auth.ts";
import { awkwardAnswer, awkwardJson } from "../oauth/liberties.ts";
import type { Refusal } from "../service.ts";
import type { Store } from "../store.ts";
import { toCall } from "../to-call.ts";
import { answerApi, answerBound, tokenIn } from "./api.ts";
import { askedAt, callback, decide, judge } from "./authorize.ts";
import { keepEntry, type Played, playedBy } from "./entry.ts";
import { answerExchange, isExchangeCall } from "./exchange.ts";
import { consentPage, refusedPage } from "./pages.ts";
import { issueTyped } from "./people.ts";
import { complaintAboutAssertion, isBound, readProof } from "./proof.ts";
import { answerPush, isPushCall } from "./push.ts";
import { answerRevocation, isRevocationCall } from "./revoke.ts";
import type { Values } from "./templates.ts";
import { answerToken, isTokenCall } from "./token.ts";
import { refuseToken, voiceOf } from "./voice.ts";

const QUESTION_LIFETIME = 10 * 60_000;

const Consent = z.object({
  url: z.url(),
  decision: z.enum(["allow", "deny"]),
  account: z.number().int().min(0).default(0),
});
const Issued = z.object({
  fields: z.record(z.string(), z.string()),
  account: z.number().int().min(0).default(0),
});

/** The host of a played service, as Latchkey calls it. */
const PLAYED_HOST = /^(?:.+\.)?([a-z0-9-]+)\.any\.example\.com$/;

/** Where the sandbox serves an address of a played service; undefined for any other. */
export function playedAddress(origin: string, { hostname, pathname, search }: URL): string | undefined {
  const [, id] = PLAYED_HOST.exec(hostname) ?? [];
  return id === undefined ? undefined : `${origin}/any/${id}/${hostname}${pathname}${search}`;
}

export class AnyService {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #faults: Faults;

  constructor(store: Store, journal: Journal, faults: Faults) {
    this.#store = store;
    this.#journal = journal;
    this.#faults = faults;
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, origin } = new URL(request.url);
    const [, , id = "", second, third = ""] = pathname.split("/");
    const played = playedBy(this.#store, id, origin);
    if (second === "_control") return this.#control(request, third, played);
    if (played === undefined) return json({ error: "no such service" }, 404);
    const call = toCall(request, `any/${id}`, new Uint8Array(await request.arrayBuffer()));
    if (second === "_consent") return this.#consent(call, played);
    const { now: at, method, host, path, search: query, text: body } = call;
    const headers = Object.fromEntries(call.headers);
    const entry = this.#journal.begin({ at, method, host, path, query, headers, body });
    const response = await this.#dispatch(call, played);
    this.#journal.end(entry, response.status);
    return response;
  }

  async #dispatch(call: Call, played: Played): Promise<Response> {
    const { entry } = played;
    const store = this.#store;
    const inAddress = askedAt(entry, call);
    if (inAddress !== undefined) return this.#authorize(call, played, inAddress);
    const settings = readSettings(store);
    if (isPushCall(entry, call)) {
      return this.#withFaults("token", call, played, () =>
        this.#held(call, played, (jkt) => answerPush(call, played, store, jkt)),
      );
    }
    if (isTokenCall(entry, call) || isExchangeCall(entry, call)) {
      await pause(settings.token_delay_ms);
      return this.#withFaults("token", call, played, (override) => this.#token(call, played, override));
    }
    if (isRevocationCall(entry, call)) {
      return this.#withFaults("revoke", call, played, async () => {
        const { authentication = "client" } = entry.revocation ?? {};
        const about = authentication === "client" ? await complaintAboutAssertion(call, played, store) : null;
        const token = authentication === "token" ? tokenIn(call) : undefined;
        const proof = await readProof(call, played, store, token);
        if ("refused" in proof) return proof.refused;
        const answer = about ?? answerRevocation(call, played, store);
        return answer instanceof Response ? answer : refuseToken(entry, answer);
      });
    }
    await pause(settings.api_delay_ms);
    return this.#withFaults("api", call, played, () =>
      isBound(entry) ? answerBound(call, played, store) : answerApi(call, played, store),
    );
  }

  async #withFaults(
    endpoint: Fault["endpoint"],
    call: Call,
    { entry }: Played,
    answer: (override: Fault["override"]) => Response | Promise<Response>,
  ): Promise<Response> {
    const fault = this.#faults.take(endpoint);
    if (fault === undefined) return answer(undefined);
    if (fault.processed === true) await answer(undefined);
    return (await faultAnswer(fault, call, voiceOf(entry), this.#faults)) ?? answer(fault.override);
  }

  #token(call: Call, played: Played, override: Fault["override"]): Promise<Response> {
    return this.#held(call, played, (jkt) => this.#tokens(call, played, override, jkt));
  }

  /** Answers a client that has shown who it is and which key its tokens are bound to, as far as the service asks for that. */
  async #held(
    call: Call,
    played: Played,
    answer: (jkt: string | null) => Response | Promise<Response>,
  ): Promise<Response> {
    const about = isExchangeCall(played.entry, call) ? null : await complaintAboutAssertion(call, played, this.#store);
    if (about !== null) return refuseToken(played.entry, about);
    const proof = await readProof(call, played, this.#store);
    return "refused" in proof ? proof.refused : answer(proof.jkt);
  }

  async #tokens(call: Call, played: Played, override: Fault["override"], jkt: string | null): Promise<Response> {
    const asked = { call, played, store: this.#store, jkt };
    const isExchange = isExchangeCall(played.entry, call);
    const result: Refusal | { answer: Record<string, unknown> } = isExchange
      ? await answerExchange(asked)
      : answerToken(asked);
    const response = isRefusal(result)
      ? refuseToken(played.entry, result)
      : awkwardJson({ ...awkwardAnswer(result.answer), ...override });
    response.headers.set("cache-control", "no-store");
    return response;
  }

  #authorize(call: Call, played: Played, inAddress: Values): Response {
    const { entry } = played;
    if (call.method !== "GET") return refusedPage(entry, "This page is opened with GET.", 405);
    const verdict = this.#judged(call, played, inAddress);
    if (verdict.kind === "refused") return refusedPage(entry, verdict.text);
    if (verdict.kind === "redirect") return redirect(verdict.location);
    return consentPage(entry, verdict.question, this.#store.ask(verdict.question, call.now + QUESTION_LIFETIME));
  }

  #judged(call: Call, played: Played, inAddress: Values): ReturnType<typeof judge> {
    const verdict = judge(call, played, this.#store, inAddress);
    if (verdict.kind !== "ask" || this.#faults.take("authorize") === undefined) return verdict;
    return { kind: "redirect", location: callback(played, verdict.question, { error: "server_error" }) };
  }

  #consent(call: Call, played: Played): Response {
    const origin = call.headers.get("origin");
    if (call.method !== "POST" || (origin !== null && origin !== call.origin))
      return refusedPage(played.entry, "Not from another site.");
    const form = new URLSearchParams(call.text);
    const question = this.#store.takeQuestion(form.get("request") ?? "", call.now);
    if (question === undefined) return refusedPage(played.entry, "This request was answered before, or has expired.");
    const answer = { allow: form.get("decision") === "allow", account: Number(form.get("account") ?? "0") };
    return redirect(decide(call, played, this.#store, question, answer));
  }

  async #control(request: Request, name: string, played: Played | undefined): Promise<Response> {
    const origin = request.headers.get("origin");
    const isOwn = request.method === "POST" && ["entry", "issue", "consent"].includes(name);
    if (!isOwn || (origin !== null && origin !== new URL(request.url).origin)) {
      const parts = { store: this.#store, journal: this.#journal, faults: this.#faults, service: undefined };
      return control(request, name, parts);
    }
    const problem = (message: string) => json({ error: "control", message }, 400);
    const body: unknown = await request.json();
    if (name === "entry") {
      const wrong = keepEntry(this.#store, body);
      return wrong === null ? json({ ok: true }) : problem(wrong);
    }
    if (played === undefined) return problem("There is no entry yet.");
    if (name === "issue") {
      const { fields, account } = Issued.parse(body);
      return json({ grant: issueTyped(this.#store, played, fields, account, Date.now()) });
    }
    return this.#decide(request, played, Consent.parse(body), problem);
  }

  /** What a person does at the page whose address Latchkey has given them. */
  #decide(
    request: Request,
    played: Played,
    { url, decision, account }: z.infer<typeof Consent>,
    problem: (message: string) => Response,
  ): Response {
    const { origin } = new URL(request.url);
    const { host, pathname, search } = new URL(url);
    const here = url.startsWith(`${origin}/`) ? url : `${origin}/any/${played.entry.id}/${host}${pathname}${search}`;
    const call = toCall(new Request(here), `any/${played.entry.id}`, new Uint8Array());
    const inAddress = askedAt(played.entry, call);
    if (inAddress === undefined) return problem("The url is not the authorization endpoint.");
    const verdict = this.#judged(call, played, inAddress);
    if (verdict.kind === "refused") return problem(verdict.text);
    if (verdict.kind === "redirect") return json({ location: verdict.location });
    const answer = { allow: decision === "allow", account };
    return json({ location: decide(call, played, this.#store, verdict.question, answer) });
  }
}

const redirect = (location: string): Response =>
  new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });

async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
