/** A caller who goes while a token is renewed: the renewal is brought to its end, once, and the next caller has the token. */
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { EnteredOutcome, FieldsForm } from "../../src/api-connect.ts";
import { startLatchkey, type Running } from "../browser/support.ts";
import { Person } from "./person.ts";

let latchkey: Running;
beforeAll(async () => {
  latchkey = await startLatchkey({ vars: { SANDBOX_EXAMPLES: "yes" } });
});
afterAll(() => latchkey?.stop());

const LIFETIME_SECONDS = 3;
const Log = z.array(z.object({ path: z.string(), status: z.nullable(z.number()) }));

it.each([
  ["sandbox-host", "a refresh token"],
  ["sandbox-client", "what was typed"],
])("%s, whose token is renewed with %s", async (id) => {
  const control = (name: string, body?: object) =>
    fetch(`${latchkey.providers}/any/${id}/_control/${name}`, {
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const tokenCalls = async () =>
    Log.parse(await (await control("log")).json()).filter(({ path }) => path === "/oauth/token");
  await control("settings", { access_token_lifetime: LIFETIME_SECONDS });
  const person = new Person(latchkey.origin);
  const state = (await person.startAt(id)).hash.slice(1);
  const headers = { "X-CSRF": "1", Origin: latchkey.origin, "Content-Type": "application/json" };
  const send = async (path: string, body: object): Promise<unknown> =>
    (await person.fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  const form = FieldsForm.parse(await send("/connect/fields/page", { state }));
  const fields = Object.fromEntries(form.fields.map(({ name, example }) => [name, example ?? ""]));
  const { location } = EnteredOutcome.parse(await send("/connect/fields", { state, fields }));
  if (form.next === "consent") {
    const decided = await control("consent", { url: location, decision: "allow" });
    await person.comeBack(z.object({ location: z.string() }).parse(await decided.json()).location);
  }
  const key = await person.makeKey();
  const call = (signal?: AbortSignal) =>
    fetch(`${latchkey.origin}/proxy/${id}/things`, {
      headers: { Authorization: `Bearer ${key}` },
      ...(signal ? { signal } : {}),
    });
  expect((await call()).status).toBe(200);
  expect(await tokenCalls()).toHaveLength(1);

  await control("settings", { token_delay_ms: 1500, access_token_lifetime: 600 });
  await new Promise((resolve) => setTimeout(resolve, LIFETIME_SECONDS * 1000));
  const caller = new AbortController();
  const gone = call(caller.signal);
  await expect.poll(async () => (await tokenCalls()).length).toBe(2);
  caller.abort();
  await expect(gone).rejects.toThrow(/abort/i);
  expect((await call()).status).toBe(200);
  expect(await tokenCalls()).toMatchObject([{ status: 200 }, { status: 200 }]);
});
