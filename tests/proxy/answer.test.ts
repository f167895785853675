/** The headers of an answer are true of the body that the caller gets. */
import { describe, expect, it } from "vitest";
import { readAnswer } from "../../src/proxy/answer.ts";
import { microsoft } from "../../src/providers/microsoft.ts";

const LINKS = {
  provider: microsoft,
  proxy: "https://latchkey.example/proxy/microsoft",
  called: new URL("https://graph.microsoft.com/v1.0/me/messages"),
  access_token: "token",
  key: "key",
  isForeign: false,
};
const DIGESTS = ["Content-Digest", "Repr-Digest", "Unencoded-Digest", "Digest", "Content-MD5"];
const NEXT = JSON.stringify({ "@odata.nextLink": "https://graph.microsoft.com/v1.0/me/messages?$skip=10" });

async function answered(body: string, status = 200): Promise<Response> {
  const headers = new Headers({ "Content-Type": "application/json" });
  for (const name of DIGESTS) headers.set(name, "sha-256=:x:");
  const answer = await readAnswer(new Response(body, { status, headers }), LINKS, {
    headers: new Headers(),
    raw: false,
  });
  return answer.toResponse();
}

const digestsOf = ({ headers }: Response): string[] => DIGESTS.filter((name) => headers.has(name));

describe("digests", () => {
  it("of a body that was changed are dropped", async () => {
    const response = await answered(NEXT);
    expect(digestsOf(response)).toEqual([]);
    expect(await response.text()).toContain(LINKS.proxy);
  });

  it("of a body that may be changed on the way are dropped", async () => {
    const response = await answered(`{"x":"${"x".repeat(100_000)}"}`);
    expect(digestsOf(response)).toEqual([]);
    await response.body?.cancel();
  });

  it("of a body that stays as it was are passed on", async () => {
    expect(digestsOf(await answered("{}"))).toEqual(DIGESTS);
  });
});

it("a part of an answer stays as it is, so that it fits the other parts", async () => {
  const response = await answered(NEXT, 206);
  expect(await response.text()).toBe(NEXT);
  expect(digestsOf(response)).toEqual(DIGESTS);
});
