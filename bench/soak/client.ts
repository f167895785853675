/** Requests to the soaked deployment, from callers who may hang up. */
import { Agent, request as httpRequest } from "node:http";
import { LOCATION_HEADER } from "./wire.ts";

export interface Ask {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly key?: string;
  readonly user?: string;
  readonly location?: number;
  readonly body?: unknown;
  /** The caller goes after so many milliseconds. */
  readonly patience_ms?: number;
}

export interface Answer {
  /** 0: the caller has hung up, or the line broke. */
  readonly status: number;
  /** Our own code, where it is an error of ours. */
  readonly code: string | null;
  /** What the provider did wrong on purpose. */
  readonly fault: string | null;
  readonly text: string;
}

/** Longer than any answer takes that is still to come: a follower waits 45 s for a lost lease. */
const TIMEOUT_MS = 90_000;

export class SoakClient implements Disposable {
  readonly #origin: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  ask({ method, path, key, user, location = 0, body, patience_ms }: Ask): Promise<Answer> {
    const headers: Record<string, string> = { [LOCATION_HEADER]: String(location) };
    if (key !== undefined) headers["Authorization"] = `Bearer ${key}`;
    if (user !== undefined) headers["X-Latchkey-User"] = user;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return new Promise((resolve) => {
      const gone = (reason: string) => () => resolve({ status: 0, code: null, fault: null, text: reason });
      const { hostname: host, port } = this.#origin;
      const options = { host, port, path, method, headers, agent: this.#agent, timeout: TIMEOUT_MS };
      const request = httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", gone("broken"));
        response.once("end", () => {
          clearTimeout(timer);
          const { "x-latchkey-error": code = null, "x-soak-fault": fault } = response.headers;
          resolve({
            status: response.statusCode ?? 0,
            code: typeof code === "string" ? code : null,
            fault: typeof fault === "string" && fault !== "" ? fault : null,
            text: Buffer.concat(chunks).toString(),
          });
        });
      });
      const timer = patience_ms === undefined ? undefined : setTimeout(() => request.destroy(), patience_ms);
      request.once("timeout", () => request.destroy());
      request.once("error", (error) => gone(patience_ms === undefined ? `no answer: ${error.message}` : "hung up")());
      request.once("close", gone(patience_ms === undefined ? "closed" : "hung up"));
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The same, of what never fails: the soak's own routes, and others when all is quiet. @throws Error where it does */
  async control(method: Ask["method"], path: string, body?: unknown, key?: string): Promise<unknown> {
    const { status, text } = await this.ask({ method, path, body, ...(key === undefined ? {} : { key }) });
    if (status !== 200 && status !== 204) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 500)}`);
    const parsed: unknown = text === "" ? null : JSON.parse(text);
    return parsed;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
