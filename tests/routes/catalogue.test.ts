/** What anybody can ask of the catalogue, and what becomes of a service in it once it is configured or registered. */
import { describe, expect, it, onTestFinished } from "vitest";
import { playEverywhere } from "../../sandbox/world.ts";
import { Integrations } from "../../src/api.ts";
import { SavedIntegration } from "../../src/api-apps.ts";
import { ConnectPage, CreatedConnectSession } from "../../src/api-connect.ts";
import { Catalogue, CatalogueDetail } from "../../src/api-catalogue.ts";
import { catalogued, catalogueIds } from "../../src/catalogue/catalogue.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { playable, playedBy, typedInto } from "../providers/catalogued.ts";
import { WITH_ADMIN, call, makeApp } from "../support/integrator.ts";
import { callThrough, connectPlayed, openForm, play, readForm, visitorWith } from "../support/played.ts";
import { Visitor, errorOf } from "../support/visitor.ts";

const anybody = new Visitor();
const ask = (query: string) => anybody.json(`/catalogue${query}`, Catalogue);
const namesFor = async (search: string): Promise<string[]> =>
  (await ask(`?search=${encodeURIComponent(search)}`)).services.map(({ id }) => id);

describe("a list", () => {
  it("has every service once, page by page, in the order of their names", async () => {
    const found: { id: string; name: string }[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: Catalogue = await ask(`?limit=7${cursor === "" ? "" : `&cursor=${cursor}`}`);
      found.push(...page.services);
      cursor = page.next_cursor;
    }
    expect(new Set(found.map(({ id }) => id))).toEqual(
      new Set([...builtInProviders.map(({ id }) => id), ...catalogueIds]),
    );
    expect(found).toHaveLength(builtInProviders.length + catalogueIds.length);
    const names = found.map(({ name }) => name);
    expect(names).toEqual(names.toSorted(new Intl.Collator("en").compare));
  });

  it("is searched by name, by id and by what else people call a service, the best match first", async () => {
    expect((await namesFor("GitHub"))[0]).toBe("github");
    expect((await namesFor("google mail"))[0]).toBe("gmail");
    expect((await namesFor(" calendar "))[0]).toMatch(/calendar/);
    expect(await namesFor("GÍTHÙB")).toEqual(await namesFor("github"));
    expect(await namesFor("no such thing")).toEqual([]);
  });

  it("is of one kind or category where that is asked for", async () => {
    const keys = (await ask("?kind=key&limit=100")).services;
    expect(keys.every(({ kind }) => kind === "key")).toBe(true);
    const mail = (await ask("?category=Email&limit=100")).services;
    expect(mail.map(({ id }) => id)).toContain("gmail");
    expect(new Set(mail.map(({ category }) => category))).toEqual(new Set(["Email"]));
    expect(await errorOf(await anybody.fetch("/catalogue?kind=other"))).toMatchObject({ status: 400 });
  });

  it("goes on from no cursor of another list", async () => {
    const answer = await errorOf(await anybody.fetch("/catalogue?search=google&cursor=stripe"));
    expect(answer).toMatchObject({ status: 400, error: "invalid_request" });
  });

  it("may be kept by anybody for an hour", async () => {
    const answer = await anybody.fetch("/catalogue");
    expect(answer.headers.get("Cache-Control")).toBe("public, max-age=3600");
  });
});

describe("a service", () => {
  it("is told as it would be described, without anything about where that was found", async () => {
    const gmail = await anybody.json("/catalogue/gmail", CatalogueDetail);
    expect(gmail).toMatchObject({
      kind: "oauth2",
      confidence: "confirmed",
      service: { id: "gmail", api_base_url: "https://gmail.googleapis.com" },
    });
    expect(JSON.stringify(gmail)).not.toContain("provenance");
    const github = await anybody.json("/catalogue/github", CatalogueDetail);
    expect(github).toMatchObject({ name: "GitHub", service: null });
  });

  it("has all that is said to people where it is used: on the page, in its form and at a link of an app", async () => {
    const gmail = new Visitor({ GMAIL_CLIENT_ID: "id", GMAIL_CLIENT_SECRET: "secret", KEY_SERVICES: "resend" });
    const { integrations } = await gmail.json("/integrations", Integrations);
    const listed = await anybody.json("/catalogue/gmail", CatalogueDetail);
    expect(integrations.find(({ integration }) => integration === "gmail")).toMatchObject({
      docs: listed.docs,
      aliases: listed.aliases,
      mark: "/marks/gmail.svg",
    });
    const resend = await anybody.json("/catalogue/resend", CatalogueDetail);
    expect(resend.service?.fields?.["api_key"]?.help).toMatch(/^https:/);
    const own = visitorWith([{ id: "mail", extends: "resend", name: "Our mail" }]);
    const form = await readForm(own, await openForm(own, "mail"));
    expect(form.docs).toBe(resend.docs);
    expect(form.fields).toMatchObject([{ name: "api_key", help: resend.service?.fields?.["api_key"]?.help }]);
    const app = await makeApp({ services: [] });
    await call(app.key, "PUT", `/apps/${app.id}/integrations`, { provider: "resend" });
    const wish = { user: "ann", integration: "resend", return_to: app.return_url };
    const made = await call(app.key, "POST", "/connect-sessions", wish);
    const { connect_url } = CreatedConnectSession.parse(await made.json());
    const ticket = new URL(connect_url).hash.slice(1);
    const page = await new Visitor(WITH_ADMIN).change("POST", "/connect/page", { ticket });
    const { choices } = ConnectPage.parse(await page.json());
    expect(choices).toMatchObject([{ name: "Resend", aliases: resend.aliases, mark: resend.mark }]);
  });

  it("that there is not is not found", async () => {
    for (const id of ["nothing", "constructor", "__proto__"]) {
      expect(await errorOf(await anybody.fetch(`/catalogue/${id}`))).toMatchObject({ status: 404, error: "not_found" });
    }
  });

  it("is on the page once it has a client or is switched on, and nobody's until then", async () => {
    const ids = async (visitor: Visitor) =>
      (await visitor.json("/integrations", Integrations)).integrations.map(({ integration }) => integration);
    expect(await ids(anybody)).not.toContain("gmail");
    expect(await errorOf(await anybody.fetch("/auth/gmail"))).toMatchObject({ error: "unknown_integration" });
    expect(await ids(new Visitor({ GMAIL_CLIENT_ID: "id", GMAIL_CLIENT_SECRET: "secret" }))).toContain("gmail");
    const half = new Visitor({ GMAIL_CLIENT_ID: "id" });
    expect(await errorOf(await half.fetch("/auth/gmail"))).toMatchObject({
      error: "not_configured",
      message: expect.stringContaining("GMAIL_CLIENT_SECRET"),
    });
    const keys = new Visitor({ KEY_SERVICES: "resend, no-such-service,gmail" });
    expect(await ids(keys)).toEqual(expect.arrayContaining(["resend", "no-such-service"]));
    expect(await errorOf(await keys.fetch("/auth/no-such-service"))).toMatchObject({
      error: "config_error",
      message: expect.stringContaining("KEY_SERVICES"),
    });
  });

  it("gives way to one of the operator's own that has its id", async () => {
    const own = { id: "gmail", extends: "google", name: "Our mail", client_id: "own", client_secret: "secret" };
    const owner = new Visitor({
      CUSTOM_PROVIDERS: JSON.stringify([own]),
      GMAIL_CLIENT_ID: "id",
      GMAIL_CLIENT_SECRET: "s",
    });
    const { integrations } = await owner.json("/integrations", Integrations);
    expect(integrations.filter(({ integration }) => integration === "gmail")).toMatchObject([{ name: "Our mail" }]);
  });

  it("that takes a key is an app's or the operator's by its id alone, and is connected with what it asks for", async () => {
    const resend = catalogued("resend");
    if (!resend) throw new Error("the catalogue has no Resend");
    const app = await makeApp({ services: [] });
    const answer = await call(app.key, "PUT", `/apps/${app.id}/integrations`, { provider: "resend" });
    expect(SavedIntegration.parse(await answer.json())).toMatchObject({ slug: "resend", client_id: null });

    playEverywhere("resend");
    onTestFinished(() => playEverywhere(null));
    await play(playable(resend));
    const visitor = visitorWith([{ id: "mail", extends: "resend", name: "Our mail" }]);
    const typed = typedInto(resend);
    expect(await connectPlayed(visitor, { ...playedBy(resend), id: "mail" }, typed)).toContain("connected=mail");
    expect((await callThrough(visitor, "mail", "/things")).status).toBe(200);
  });

  it("is an app's by its id alone", async () => {
    const gmail = catalogued("gmail");
    if (!gmail) throw new Error("the catalogue has no Gmail");
    playEverywhere("gmail");
    onTestFinished(() => playEverywhere(null));
    await play(playable(gmail));
    const app = await makeApp({ services: [] });
    const put = (settings: object) => call(app.key, "PUT", `/apps/${app.id}/integrations`, settings);
    const answer = await put({ provider: "gmail", client_id: "id", client_secret: "secret" });
    expect(SavedIntegration.parse(await answer.json())).toMatchObject({ slug: "gmail", provider: "gmail" });
    expect(await errorOf(await put({ provider: "nothing", client_id: "id", client_secret: "secret" }))).toMatchObject({
      error: "invalid_request",
      message: expect.stringContaining("GET /catalogue"),
    });
    expect(await errorOf(await put({ provider: "gmail", slug: "two" }))).toMatchObject({ error: "invalid_request" });
  });
});
