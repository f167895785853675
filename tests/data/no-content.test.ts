/** An answer without a body (RFC 9110 15.3.5) is of a service that has nothing to tell, and no fault. */
import { expect, it } from "vitest";
import { describe } from "../../src/contract/describe.ts";
import { callApi } from "../../src/data/provider-api.ts";
import { readItems } from "../../src/data/items.ts";

const provider = describe({
  id: "notes",
  name: "Notes",
  api_base_url: "https://api.notes.example",
  items: [{ type: "note", path: "/notes", list: "data", item: { id: "id", name: "title" } }],
});
const answering = (status: number, body: string | null) => ({
  provider,
  fetch: () => Promise.resolve(new Response(body, { status })),
  stamped: { headers: {}, query: {}, secrets: [] },
  bound: null,
  headers: {},
});

it("of a list is an empty one, of anything else nothing", async () => {
  expect((await callApi(answering(204, null), { path: "/me" })).body).toBeNull();
  const token = { access_token: "t", details: {}, fields: {} };
  const read = await readItems(answering(204, null), token, 10, null, () => Promise.resolve([]));
  expect(read).toEqual({ items: [], next: null });
});

it("is not one that says 200 and has no JSON", async () => {
  await expect(callApi(answering(200, ""), { path: "/me" })).rejects.toMatchObject({
    code: "invalid_provider_response",
  });
});
