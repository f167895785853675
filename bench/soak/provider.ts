/**
 * The provider of the soak, on loopback. It knows each token it has ever given out, and what nobody may do with one.
 *
 * - `strict` takes each refresh token once, and a new access token ends the old one. A second use ends the grant.
 * - `forgiving` answers a refresh token again as long as nobody has used what it was answered with; its answers may be lost
 *   after the work was done. Taking one grant back ends all of its account's.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Findings } from "./findings.ts";
import { Grants, tokenOf, type Grant } from "./grants.ts";
import type { Chance } from "./random.ts";
import { MANNERS, type Manner } from "./wire.ts";

/** Says of an answer that it is wrong on purpose. */
export const FAULT_HEADER = "x-soak-fault";

export interface ProviderRates {
  /** Requests of the token endpoint that meet with something. */
  readonly token: number;
  readonly api: number;
  readonly revocation: number;
  /** Of the slow ones, the milliseconds they take at most. */
  readonly slow_ms: number;
}

export const QUIET: ProviderRates = { token: 0, api: 0, revocation: 0, slow_ms: 0 };

const HTML = "<!doctype html><title>503</title><h1>We are down for maintenance.</h1>";
const MET_AGAIN = 0.7;
const BEFORE = ["500", "500", "429", "html", "slow", "cut off"] as const;
const AFTER = ["500 after the work", "cut off after the work"] as const;

export class Provider implements AsyncDisposable {
  readonly grants = new Grants();
  rates = QUIET;
  readonly #findings: Findings;
  readonly #chance: Chance;
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    void this.#answer(request, response).catch(() => response.destroy());
  });

  constructor(findings: Findings, chance: Chance) {
    this.#findings = findings;
    this.#chance = chance;
  }

  /** @returns its origin */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The provider does not listen on a port.");
    return `http://127.0.0.1:${address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const [, first = "", part = "", ...rest] = (request.url ?? "").split("/");
    const manner = MANNERS.find((one) => one === first);
    if (manner === undefined) return json(response, 404, {});
    if (part === "token") return this.#token(manner, form.get("refresh_token") ?? "", response);
    if (part === "revoke") return this.#revoke(form.get("token") ?? "", response);
    return this.#api(rest.join("/"), request.headers.authorization ?? "", response);
  }

  #meets(rate: number, kinds: readonly string[], of: string): string | null {
    if (!this.#chance.happens(rate)) return null;
    const kind = this.#chance.pick(kinds);
    this.#findings.faults.add(`${of}: ${kind}`);
    return kind;
  }

  async #token(manner: Manner, token: string, response: ServerResponse): Promise<void> {
    const found = this.grants.find(token, "rt");
    if (!found) {
      this.#findings.lose(`a refresh token that the provider has forgotten came to the token endpoint: ${token}`);
      return json(response, 400, { error: "invalid_grant" });
    }
    const { grant, serial } = found;
    grant.inFlight += 1;
    if (grant.inFlight > 1) this.#findings.lose(`two refreshes of grant ${grant.id} of ${grant.account} at once`);
    try {
      // What the API refuses is mended by the next refresh, so that each connection answers again as soon as it is asked.
      const rate = grant.killed === grant.serial ? 0 : this.rates.token;
      const kinds = manner === "strict" ? BEFORE : [...BEFORE, ...AFTER];
      // What was met with is often met with again.
      const isSame = grant.fault !== null && rate > 0 && this.#chance.happens(MET_AGAIN);
      grant.fault = this.#meets(isSame ? 1 : rate, isSame && grant.fault ? [grant.fault] : kinds, "token endpoint");
      await this.#refresh(grant, serial, grant.fault, response);
    } finally {
      grant.inFlight -= 1;
    }
  }

  async #refresh(grant: Grant, serial: number, fault: string | null, response: ServerResponse): Promise<void> {
    if (fault === "500") return json(response, 500, { error: "server_error" });
    if (fault === "429") return json(response, 429, { error: "slow_down" }, { "Retry-After": "1" });
    if (fault === "html") return html(response);
    if (fault === "cut off") return void response.destroy();
    await sleep(fault === "slow" ? this.#chance.next() * this.rates.slow_ms : 0);
    // Whoever has gone is not answered, and nothing is done for them.
    if (response.destroyed) return;
    if (grant.ended !== null) return json(response, 400, { error: "invalid_grant" });
    if (serial === grant.serial) this.grants.rotate(grant);
    else if (grant.manner === "strict" || serial !== grant.serial - 1 || grant.isUsed) {
      this.#findings.lose(`refresh token ${serial} of grant ${grant.id} of ${grant.account} was used again`);
      this.grants.end(grant, "reuse");
      return json(response, 400, { error: "invalid_grant" });
    }
    if (fault === "500 after the work") return json(response, 500, { error: "server_error" });
    if (fault === "cut off after the work") return void response.destroy();
    const [access_token, refresh_token] = [tokenOf("at", grant), tokenOf("rt", grant)];
    json(response, 200, { access_token, refresh_token, token_type: "Bearer", expires_in: grant.life_s });
  }

  #revoke(token: string, response: ServerResponse): void {
    const found = this.grants.find(token, "rt") ?? this.grants.find(token, "at");
    const fault = this.#meets(this.rates.revocation, ["500", "cut off"], "revocation");
    if (fault === "500") return json(response, 500, {});
    if (fault === "cut off") return void response.destroy();
    if (found) this.grants.end(found.grant, "taken back");
    json(response, 200, {});
  }

  async #api(path: string, authorization: string, response: ServerResponse): Promise<void> {
    const found = this.grants.find(authorization.replace(/^Bearer /, ""), "at");
    const why = found ? this.grants.refusal(found.grant, found.serial) : "unknown";
    if (!found || why !== null) return json(response, 401, { why });
    const { grant, serial } = found;
    if (serial === grant.serial) grant.isUsed = true;
    // Whose a new grant is, is always told.
    const kinds = ["500", "429", "slow", "cut off"];
    const fault = path === "me" ? null : this.#meets(this.rates.api, kinds, "API");
    const marked = { [FAULT_HEADER]: fault ?? "" };
    if (fault === "500") return json(response, 500, {}, marked);
    if (fault === "429") return json(response, 429, {}, marked);
    if (fault === "cut off") return void response.destroy();
    await sleep(fault === "slow" ? this.#chance.next() * this.rates.slow_ms : 0);
    json(response, 200, { account: grant.account, grant: grant.id });
  }
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers });
  response.end(JSON.stringify(body));
}

function html(response: ServerResponse): void {
  response.writeHead(403, { "Content-Type": "text/html" });
  response.end(HTML);
}
