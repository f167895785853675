/** What a caller is told whose session does not count: what of theirs it is, and what to do. */
import { describe, expect, it } from "vitest";
import { Visitor, errorOf, request } from "../support/visitor.ts";

const madeUp = `lk_${"x".repeat(86)}`;

describe("a caller without a session that counts", () => {
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ["with nothing", {}, "This needs a key, in Authorization: Bearer.", "Bearer"],
    [
      "with a key that is none of ours",
      { Authorization: `Bearer ${madeUp}` },
      "This key is not known here, or it has ended.",
      'Bearer error="invalid_token"',
    ],
    [
      "with another scheme",
      { Authorization: "Basic YTpi" },
      "Authorization has to be Bearer, a space and one key of Latchkey's.",
      'Bearer error="invalid_token"',
    ],
    [
      "with two keys",
      { Authorization: `Bearer ${madeUp} ${madeUp}` },
      "Authorization has to be Bearer, a space and one key of Latchkey's.",
      'Bearer error="invalid_token"',
    ],
    ["with a cookie that has ended", { Cookie: `__Host-session=${madeUp}` }, "Your session has ended.", "Bearer"],
    [
      "with a cookie, and a key that does not count: it is taken at the key",
      { Cookie: `__Host-session=${madeUp}`, Authorization: `Bearer ${madeUp}` },
      "This key is not known here, or it has ended.",
      'Bearer error="invalid_token"',
    ],
  ])("%s", async (_, headers, sentence, challenge) => {
    const answer = await request("/connections", { headers });
    expect(answer.headers.get("WWW-Authenticate")).toBe(challenge);
    expect(await errorOf(answer)).toMatchObject({
      status: 401,
      error: "invalid_session",
      message: expect.stringContaining(sentence),
    });
  });

  it("is not let in by a cookie beside a key that does not count", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const refused = await visitor.fetch("/connections", { headers: { Authorization: `Bearer ${madeUp}` } });
    expect(refused.status).toBe(401);
    expect((await visitor.fetch("/connections")).status).toBe(200);
  });
});
