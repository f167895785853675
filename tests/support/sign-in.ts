/** What people do at the independent servers' own pages and APIs, over the real network. */
import { expect } from "vitest";
import * as z from "zod";
import { ADA, type IndependentServer } from "./independent.ts";

const CALLBACK = /^\/callback\//;
/** More than any of them takes. */
const MOST_STEPS = 12;

/** A browser that keeps cookies and follows no redirect by itself. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  async open(url: URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ Accept: "text/html", "Sec-Fetch-Mode": "navigate" });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    headers.set("Cookie", [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(url, { redirect: "manual", ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  /** What a page's script sends. @param more headers */
  send(
    method: "POST" | "PUT",
    url: URL,
    body: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const headers = { "Content-Type": "application/json", Origin: url.origin, "Sec-Fetch-Mode": "cors", Accept: "*/*" };
    return this.open(url, { method, headers: { ...headers, ...more }, body: JSON.stringify(body) });
  }
}

/** Fills in the one form of a page. */
function submit(browser: Browser, page: string, at: URL, login: string): Promise<Response> {
  const action = (/action="([^"]+)"/.exec(page)?.[1] ?? "").replaceAll("&amp;", "&");
  const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="(\w*)"/g)];
  const body = new URLSearchParams(hidden.map(([, name = "", value = ""]) => [name, value]));
  body.set("login", login);
  body.set("password", ADA.password);
  return browser.open(new URL(action, at), { method: "POST", body });
}

const Answer = z.object({ url: z.string() });

/** What to do where a server shows a page: @returns its answer to what was done there, or the next address to open */
const AT_PAGE: Readonly<
  Record<IndependentServer["kind"], (browser: Browser, page: string, at: URL, login: string) => Promise<Response | URL>>
> = {
  "oidc-provider": submit,
  "workers-oauth-provider": submit,
  "oauth2-server": submit,
  /** https://github.com/babelouest/glewlwyd/blob/master/docs/API.md: authenticate, grant the scopes, go on. */
  glewlwyd: async (browser, _, at) => {
    const client = at.searchParams.get("client_id") ?? "";
    await browser.send("POST", new URL("/api/auth/", at), { username: ADA.login, password: ADA.password });
    await browser.send("PUT", new URL(`/api/auth/grant/${client}`, at), { scope: at.searchParams.get("scope") });
    const next = new URL(at.searchParams.get("callback_url") ?? "");
    next.searchParams.set("g_continue", "");
    return next;
  },
  /** https://better-auth.com/docs/plugins/oauth-provider: both pages send on the signed query they were opened with. */
  "better-auth": async (browser, _, at) => {
    const [path, body] =
      at.pathname === "/sign-in"
        ? ["/api/auth/sign-in/email", { email: ADA.email, password: ADA.password }]
        : ["/api/auth/oauth2/consent", { accept: true }];
    const answer = await browser.send("POST", new URL(path, at), { ...body, oauth_query: at.search.slice(1) });
    return new URL(Answer.parse(await answer.json()).url, at);
  },
};

/**
 * A person signs in and consents.
 * @param login whose account it is, at servers that know more than Ada
 * @returns the callback that the server sends their browser to
 */
export async function signInAt(
  server: Pick<IndependentServer, "kind">,
  authorizationUrl: string,
  login: string = ADA.login,
): Promise<string> {
  const browser = new Browser();
  let at = new URL(authorizationUrl);
  let response = await browser.open(at);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const location = response.headers.get("Location");
    const page = await response.text();
    let next: Response | URL;
    if (location !== null) next = new URL(location, at);
    else next = await AT_PAGE[server.kind](browser, page, at, login);
    if (next instanceof URL) {
      if (CALLBACK.test(next.pathname)) return next.href;
      at = next;
      response = await browser.open(at);
    } else {
      expect(next.status, page).toBeLessThan(400);
      response = next;
    }
  }
  throw new Error("The server never came back to the callback.");
}
