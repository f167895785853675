/** A person without a screen, at a running server: keeps cookies, connects, makes a key. */
import { request } from "node:http";
import * as z from "zod";

const NAVIGATION = { Accept: "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin" };

export class Person {
  readonly origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Over `node:http`: `fetch` sets the headers that tell a navigation from a script's request as it likes. */
  async fetch(path: string, init: { method?: string; headers?: HeadersInit; body?: string } = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("Cookie", [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await new Promise<Response>((resolve, reject) => {
      const options = { method: init.method ?? "GET", headers: Object.fromEntries(headers) };
      const sent = request(new URL(path, this.origin), options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("end", () => {
          const answered = new Headers();
          for (const [index, name] of answer.rawHeaders.entries()) {
            if (index % 2 === 0) answered.append(name, answer.rawHeaders[index + 1] ?? "");
          }
          const status = answer.statusCode ?? 0;
          resolve(
            new Response(status === 204 || status === 304 ? null : Buffer.concat(chunks), {
              status,
              headers: answered,
            }),
          );
        });
      });
      sent.once("error", reject);
      sent.end(init.body);
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
      this.#cookies.set(name, value);
    }
    return response;
  }

  /** Presses Connect. @returns where the provider is asked */
  async startAt(integration: string): Promise<URL> {
    const response = await this.fetch(`/auth/${integration}?return_to=/`, { headers: NAVIGATION });
    return new URL(z.string().parse(response.headers.get("Location")));
  }

  /** Comes back from the provider. */
  comeBack(callback: string): Promise<Response> {
    return this.fetch(callback, { headers: NAVIGATION });
  }

  /** Opens a connect link, whose page hands on what stands behind the `#`. */
  openLink(link: string): Promise<Response> {
    const headers = { ...NAVIGATION, Origin: this.origin, "Content-Type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ ticket: new URL(link).hash.slice(1) }).toString();
    return this.fetch("/connect/open", { method: "POST", headers, body });
  }

  /** Makes a bearer key. */
  async makeKey(): Promise<string> {
    const response = await this.fetch("/sessions", {
      method: "POST",
      headers: { "X-CSRF": "1", "Content-Type": "application/json" },
      body: JSON.stringify({ name: "tests" }),
    });
    return z.object({ key: z.string() }).parse(await response.json()).key;
  }
}
