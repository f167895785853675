/** A call that a service refuses for want of a scope: what is lacking is told, and where its person gives it. */
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { Credentials, ErrorBody, Items } from "../../src/api.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp } from "../support/integrator.ts";
import { takeReports } from "../support/reports.ts";
import { resetVault, troubledVaults, vaultOf } from "../support/vault.ts";
import { APP, Visitor, decide, errorOf, locationOf } from "../support/visitor.ts";

const SERVICES = ["github", "slack", "google", "microsoft", "hubspot", "notion", "facebook", "airtable", "spotify"];
const DRIVE = "https://www.googleapis.com/auth/drive.metadata.readonly";

beforeEach(() => Promise.all(SERVICES.map((service) => control(service).reset())));

const AS_PROGRAM = { "X-CSRF": "1" };
const JSON_TYPE = { "Content-Type": "application/json" };

async function connected(service: string, ticked?: readonly string[]): Promise<Visitor> {
  const visitor = new Visitor();
  await visitor.connect(service, ticked === undefined ? {} : { ticked });
  return visitor;
}

/** A call through the proxy, as the page's script makes it. */
function through(visitor: Visitor, service: string, route: string, body?: string): Promise<Response> {
  const [method = "", path = ""] = route.split(" ");
  const headers = body === undefined ? AS_PROGRAM : { ...AS_PROGRAM, ...JSON_TYPE };
  return visitor.fetch(`/proxy/${service}${path}`, { method, headers, body: body ?? null });
}

/** What an answer says is lacking, and where its person gives it. */
function lackingIn({ headers }: Response) {
  const address = headers.get("X-Latchkey-Reconnect");
  const asks = address === null ? null : new URL(address);
  return {
    scopes: headers.get("X-Latchkey-Scope-Missing"),
    added: asks && asks.searchParams.get("add_scopes"),
    path: asks && asks.origin + asks.pathname,
  };
}

/** The same browser, where nothing is remembered of it. */
function elsewhere(visitor: Visitor, bindings: object = {}): Visitor {
  const same = new Visitor({ ...bindings });
  for (const [name, value] of visitor.cookies) same.cookies.set(name, value);
  return same;
}

const heldAt = (visitor: Visitor, service: string) => visitor.json(`/integrations/${service}/credentials`, Credentials);

/** What a connection was asked for and has not, from outside: no service's page lets people untick these. */
async function takeScopes(visitor: Visitor, gone: string): Promise<void> {
  await runInDurableObject(vaultOf(visitor), (_, { storage: { sql } }) => {
    sql.exec(
      `UPDATE connections SET facts = json_set(facts, '$.scopes',
         (SELECT json_group_array(value) FROM json_each(facts, '$.scopes') WHERE value <> ?))`,
      gone,
    );
  });
}

const NOTION_REFUSAL = {
  endpoint: "api",
  status: 403,
  body: JSON.stringify({ object: "error", status: 403, code: "restricted_resource", message: "No." }),
  headers: JSON_TYPE,
};

describe("the service's own answer, in each service's own words", () => {
  it.each([
    ["github", "POST /gists", "{}", undefined, "gist", "gist"],
    ["slack", "POST /api/chat.postMessage", '{"channel":"C1","text":"a"}', undefined, "chat:write", "chat:write"],
    ["google", "GET /drive/v3/files", undefined, [], DRIVE, DRIVE],
    ["hubspot", "GET /crm/v3/objects/deals", undefined, undefined, "crm.objects.deals.read", "crm.objects.deals.read"],
    // What is needed is named by nobody, and it is asked for what was not granted.
    ["facebook", "GET /me/accounts", undefined, ["public_profile", "email"], "unknown", null],
  ] as const)("%s: %s", async (service, route, body, ticked, scopes, added) => {
    const visitor = await connected(service, ticked);
    const answer = await through(visitor, service, route, body);
    expect(lackingIn(answer)).toEqual({ scopes, added, path: `${APP}/auth/${service}` });
  });

  it.each([
    ["microsoft", "GET /v1.0/me/messages"],
    ["spotify", "GET /v1/me/tracks"],
  ])("%s: %s names nothing, and there is nothing to ask for", async (service, route) => {
    const visitor = await connected(service);
    const answer = await through(visitor, service, route);
    expect(answer.status).toBe(403);
    expect(lackingIn(answer)).toEqual({ scopes: "unknown", added: null, path: null });
    expect(await heldAt(visitor, service)).toMatchObject({ refused_scopes: [] });
  });

  it("notion: a capability that the connection does not have", async () => {
    const visitor = await connected("notion");
    await control("notion").fault(NOTION_REFUSAL);
    expect(lackingIn(await through(visitor, "notion", "GET /v1/users"))).toMatchObject({ scopes: "unknown" });
  });

  it("airtable: says the same of what is not there, so it counts where something was not granted", async () => {
    const visitor = await connected("airtable");
    const missing = "GET /v0/appNotThere00000/tblNotThere00000";
    const first = await through(visitor, "airtable", missing);
    expect([first.status, lackingIn(first).scopes]).toEqual([403, null]);
    expect(await heldAt(visitor, "airtable")).toMatchObject({ refused_scopes: null });
    await takeScopes(visitor, "data.records:read");
    const second = await through(elsewhere(visitor), "airtable", missing);
    expect(lackingIn(second)).toEqual({ scopes: "unknown", added: null, path: `${APP}/auth/airtable` });
  });

  it("is passed on as it came", async () => {
    const visitor = await connected("slack");
    const answer = await through(visitor, "slack", "POST /api/chat.postMessage", '{"channel":"C1","text":"a"}');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ ok: false, error: "missing_scope", needed: "chat:write" });
  });

  it("of a scope that is held says nothing of scopes", async () => {
    const visitor = await connected("github");
    const answer = await through(visitor, "github", "GET /users/nobody-of-that-name-at-all");
    expect([answer.status, lackingIn(answer).scopes]).toEqual([404, null]);
    expect(await heldAt(visitor, "github")).toMatchObject({ refused_scopes: null });
  });
});

describe("our own reads", () => {
  it("answer scope_missing, with what is lacking and where to give it", async () => {
    const visitor = await connected("google", []);
    const answer = await visitor.fetch("/integrations/google/load");
    expect(answer.status).toBe(403);
    const { error, scopes, reconnect_url } = ErrorBody.parse(await answer.json());
    expect({ error, scopes }).toEqual({ error: "scope_missing", scopes: [DRIVE] });
    await visitor.connect("google", {}, new URL(reconnect_url ?? "").search.replace("?return_to=%2F", ""));
    expect((await visitor.json("/integrations/google/load", Items)).items.length).toBeGreaterThan(0);
  });

  it("say it of a profile that the service refuses", async () => {
    const visitor = await connected("notion");
    await control("notion").fault(NOTION_REFUSAL);
    expect(await errorOf(await visitor.fetch("/data/notion"))).toMatchObject({ status: 403, error: "scope_missing" });
  });
});

describe("the connection", () => {
  it("tells what it lacks until it is connected again, with that besides what it had", async () => {
    const visitor = await connected("github");
    const refused = await through(visitor, "github", "POST /gists", "{}");
    expect(await heldAt(visitor, "github")).toMatchObject({ refused_scopes: ["gist"] });

    const address = new URL(refused.headers.get("X-Latchkey-Reconnect") ?? "");
    const asked = locationOf(await visitor.navigate(address.href));
    expect(new URL(asked).searchParams.get("scope")).toBe("read:user user:email read:org gist");
    await visitor.navigate(await decide("github", asked));
    const { scopes, refused_scopes } = await heldAt(visitor, "github");
    expect({ scopes: scopes.toSorted(), refused_scopes }).toEqual({
      scopes: ["gist", "read:org", "read:user", "user:email"],
      refused_scopes: null,
    });
  });

  it("asks for what was added whenever it is connected again", async () => {
    const visitor = await connected("github");
    const refused = await through(visitor, "github", "POST /gists", "{}");
    const address = new URL(refused.headers.get("X-Latchkey-Reconnect") ?? "");
    await visitor.navigate(await decide("github", locationOf(await visitor.navigate(address.href))));
    address.searchParams.delete("add_scopes");
    const asked = locationOf(await visitor.navigate(address.href));
    expect(new URL(asked).searchParams.get("scope")).toBe("read:user user:email read:org gist");
  });

  it("is written to once for what it lacks, wherever that is found out", async () => {
    const visitor = await connected("github");
    let writes = 0;
    const VAULT = troubledVaults("refuseScopes", (write) => {
      writes += 1;
      return write();
    });
    for (const one of [elsewhere(visitor, { VAULT }), elsewhere(visitor, { VAULT })]) {
      for (let count = 0; count < 3; count += 1) {
        expect(lackingIn(await through(one, "github", "POST /gists", "{}")).scopes).toBe("gist");
      }
    }
    expect(writes).toBe(1);
  });

  it("does not keep the service's answer back where the vault does not answer", async () => {
    const visitor = await connected("github");
    const VAULT = troubledVaults("connection", () => Promise.reject(new Error("Network connection lost.")));
    const answer = await through(elsewhere(visitor, { VAULT }), "github", "POST /gists", "{}");
    expect([answer.status, lackingIn(answer).scopes]).toEqual([404, null]);
    expect(takeReports()).toEqual([{ event: "background_failed", error: "Error" }]);
  });

  it("from before this was kept has refused nothing, and notes it", async () => {
    const visitor = await connected("github");
    await runInDurableObject(vaultOf(visitor), (_, { storage: { sql } }) => {
      sql.exec("ALTER TABLE connections DROP COLUMN refused_scopes");
      // This step, and the one behind it.
      sql.exec("UPDATE schema_version SET steps = steps - 2");
    });
    await resetVault(visitor);
    expect(await heldAt(visitor, "github")).toMatchObject({ status: "connected", refused_scopes: null });
    await through(visitor, "github", "POST /gists", "{}");
    expect(await heldAt(visitor, "github")).toMatchObject({ refused_scopes: ["gist"] });
  });
});

describe("the address", () => {
  const link = async (visitor: Visitor): Promise<string> =>
    (await through(visitor, "github", "POST /gists", "{}")).headers.get("X-Latchkey-Reconnect") ?? "";

  it.each(["none", "cross-site", "same-site"])(
    "found elsewhere (%s) is a page that says what is asked",
    async (site) => {
      const visitor = await connected("github");
      const headers = { Accept: "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": site };
      const page = await visitor.fetch(await link(visitor), { headers });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain("asked for more than before: gist");
    },
  );

  it("is of no use to anybody else", async () => {
    const address = await link(await connected("github"));
    const other = await connected("github");
    expect(await (await other.navigate(address)).text()).toContain("There is no such connection here");
    expect((await new Visitor().navigate(address)).status).toBe(404);
  });

  it("adds scopes to a connection that it names, and to no other", async () => {
    const visitor = await connected("github");
    const headers = { Accept: "application/json" };
    expect(await errorOf(await visitor.fetch("/auth/github?add_scopes=gist", { headers }))).toMatchObject({
      status: 400,
      error: "invalid_request",
    });
    const bad = `${await link(visitor)}%22`;
    expect(await errorOf(await visitor.fetch(bad, { headers }))).toMatchObject({ status: 400 });
  });
});

describe("a user of an app", () => {
  it("is told the scopes and no address, and the app asks for them besides those held", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const github = `/proxy/${app.integrations["github"]}`;
    const refused = await call(app.key, "POST", `${github}/gists`, {}, { "X-Latchkey-User": "user-1" });
    expect(lackingIn(refused)).toEqual({ scopes: "gist", added: null, path: null });
    const body = { return_to: app.return_url, add_scopes: ["gist"] };
    const made = await call(app.key, "POST", `/connections/${id}/reconnect`, body);
    const { connect_url } = CreatedConnectSession.parse(await made.json());
    const asked = locationOf(await new Visitor().openLink(connect_url));
    expect(new URL(asked).searchParams.get("scope")).toBe("read:user user:email read:org gist");
  });
});
