/** The page on which a person decides, as the emulated services show it. */
import { describe, expect, it } from "vitest";
import { marks } from "../../frontend/marks.ts";
import { SERVICES, sandboxClient, type ServiceName } from "../../sandbox/clients.ts";
import { escapeHtml } from "../../sandbox/http.ts";
import { findService } from "../../sandbox/services/index.ts";
import { Credentials, Items, Profile } from "../../src/api.ts";
import { control, PROVIDERS } from "../support/emulator.ts";
import { APP, errorOf, locationOf, request, Visitor } from "../support/visitor.ts";

/** Opens the consent page. @returns its address, the answer, and its HTML */
async function open(visitor: Visitor, id: ServiceName) {
  const url = new URL(await visitor.startAt(id));
  const answer = await request(url.href);
  return { url, answer, html: await answer.text() };
}

/** Presses a button of the page, with the fields that a browser would send along. */
function press(id: ServiceName, html: string, fields: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams(fields);
  for (const [, name = "", value = ""] of html.matchAll(/name="(request|ticked(?:-\d)?)" value="([^"]+)"/g)) {
    body.append(name, value);
  }
  return request(`${PROVIDERS}/${id}/_consent`, { method: "POST", body });
}

/** Connects by the page. @returns who is connected then, and the ids of the first items */
async function connectAs(visitor: Visitor, id: ServiceName, fields: Record<string, string>) {
  const { html } = await open(visitor, id);
  const back = await visitor.navigate(locationOf(await press(id, html, { decision: "allow", ...fields })));
  expect(locationOf(back)).toBe(`${APP}/?connected=${id}`);
  const { account } = await visitor.json(`/data/${id}`, Profile);
  const { items } = await visitor.json(`/integrations/${id}/load?limit=50`, Items);
  const held = await visitor.json(`/integrations/${id}/credentials`, Credentials);
  expect(held.account).toEqual(account);
  return { account, items: items.map((item) => item.id) };
}

describe.each(SERVICES)("the consent page of %s", (id) => {
  const service = findService(id);

  it("says who asks, at which service, for what in words, and that nothing here is real", async () => {
    const { url, answer, html } = await open(new Visitor(), id);
    expect(answer.status).toBe(200);
    expect(html).toContain("Sandbox: no real account.");
    expect(html).toContain(`<h1>Allow Latchkey to use your ${service.title} account?</h1>`);
    expect(html).toContain(sandboxClient(id).client_id);
    expect(html).toContain(new URL(APP).host);
    expect(html).toContain(marks[id].path);

    const path = url.pathname.split("/").slice(3).join("/");
    const asked = service.oauth.scopes.parts({ params: Object.fromEntries(url.searchParams), path: `/${path}` });
    const scopes = asked.flatMap((part) => part.scopes);
    const words = scopes.map((scope) => service.oauth.scopes.known[scope]);
    if (id === "notion") expect(html).toContain("<li>Read and write the pages shared with it</li>");
    else expect(words.length).toBeGreaterThan(2);
    for (const [at, sentence] of words.entries()) {
      expect(sentence, `${scopes[at]} has words`).toMatch(/^[A-Z]\w+ \w+/);
      expect(html).toContain(sentence);
      expect(html).not.toContain(`<li>${scopes[at]}</li>`);
    }
  });

  it("offers three accounts, the first of them chosen", async () => {
    const { html } = await open(new Visitor(), id);
    const radios = html.match(/<input type="radio" name="account"[^>]*>/g) ?? [];
    expect(radios.map((radio) => radio.includes("checked"))).toEqual([true, false, false]);
    for (const { label, detail } of service.accounts) {
      expect(html).toContain(escapeHtml(label));
      expect(html).toContain(escapeHtml(detail));
    }
  });

  it("loads nothing, runs nothing and cannot be framed", async () => {
    const { answer, html } = await open(new Visitor(), id);
    const nonce = /<style nonce="([^"]+)">/.exec(html)?.[1];
    expect(answer.headers.get("Content-Security-Policy")).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(html).not.toMatch(/<script|<link|<img|\son[a-z]+=|\sstyle=|\ssrc=|\shref=|url\(/);
  });

  it("connects the account that was chosen; without a choice it is the first", async () => {
    const visitor = new Visitor();
    const unsaid = await connectAs(visitor, id, {});
    const first = await connectAs(visitor, id, { account: "0" });
    const second = await connectAs(new Visitor(), id, { account: "1" });
    const third = await connectAs(new Visitor(), id, { account: "2" });
    expect(first).toEqual(unsaid);
    expect(new Set([first, second, third].map(({ account }) => account?.id)).size).toBe(3);
    expect(second.items.length).toBeGreaterThan(0);
    expect(first.items.filter((item) => second.items.includes(item))).toEqual([]);
    expect(third.items).toEqual([]);
  });

  it("gives nothing away when the person declines, and takes one answer only", async () => {
    await control(id).reset();
    const visitor = new Visitor();
    const { html } = await open(visitor, id);
    const declined = locationOf(await press(id, html, { decision: "deny", account: "1" }));
    expect(new URL(declined).searchParams.get("error")).toBe("access_denied");
    expect(new URL(declined).searchParams.has("code")).toBe(false);
    const back = await visitor.navigate(declined);
    expect(locationOf(back)).toBe(`${APP}/?integration=${id}&error=access_denied`);
    expect(await errorOf(await visitor.fetch(`/data/${id}`))).toMatchObject({ status: 409, error: "not_connected" });

    const again = await press(id, html, { decision: "allow" });
    expect(again.status).toBe(400);
    expect(again.headers.get("Location")).toBeNull();
    expect(await again.text()).toContain("Sandbox: no real account.");
    expect(await control(id).grants()).toEqual({ grants: [], issued: [] });
  });

  it.each([{ account: "3" }, { account: "-1" }, { account: "Ada" }, { decision: "perhaps" }])(
    "refuses %o, which it never offered",
    async (fields) => {
      const { html } = await open(new Visitor(), id);
      const answer = await press(id, html, { decision: "allow", ...fields });
      expect(answer.status).toBe(400);
      expect(answer.headers.get("Location")).toBeNull();
    },
  );
});
