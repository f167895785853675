/** What a token endpoint answers is taken for what it brings, however it is written. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PrivateKey } from "../../src/contract/private-key.ts";
import { NoToken, TokenRequestRefused, readTokenAnswer } from "../../src/oauth/token-answer.ts";
import { hubspot } from "../../src/providers/hubspot.ts";
import { slack } from "../../src/providers/slack.ts";
import { CLIENT_KEY } from "../support/oidc-clients.ts";
import { answerOf, latin1, plain, utf16 } from "./answers.ts";

const BEFORE = { refresh_token: "held", scopes: ["read"] };
const read = (answer: ReturnType<typeof answerOf>, provider = plain) => readTokenAnswer(provider, answer, BEFORE);
const tokens = { access_token: "at-1", refresh_token: "rt-1" };
const whole = { ...tokens, token_type: "Bearer", expires_in: 3600, scope: "read write" };
const form = { "Content-Type": "application/x-www-form-urlencoded" };

describe("tokens are taken", () => {
  it.each([
    ["as RFC 6749 5.1 has them", answerOf(200, whole)],
    ["under 201 (Harvest, Supabase)", answerOf(201, whole)],
    ["under 203", answerOf(203, whole)],
    ["without a token_type (LinkedIn, Shopify)", answerOf(200, tokens)],
    ["with a token_type of its own (Slack)", answerOf(200, { ...whole, token_type: "user" })],
    ["with a token_type that is no text", answerOf(200, { ...whole, token_type: 5 })],
    [
      "as a form (older servers)",
      answerOf(200, new URLSearchParams({ ...tokens, expires_in: "3600" }).toString(), form),
    ],
    ["as a form that does not say so", answerOf(200, "access_token=at-1&refresh_token=rt-1", {})],
    ["with a byte order mark", answerOf(200, `\ufeff${JSON.stringify(whole)}`)],
    ["in UTF-16", answerOf(200, utf16(JSON.stringify(whole)))],
    ["with a name in Latin-1", answerOf(200, latin1(JSON.stringify({ ...whole, user: "José" })))],
    ["as text", answerOf(200, JSON.stringify(whole), { "Content-Type": "text/plain" })],
    ["with an empty error beside them", answerOf(200, { ...whole, error: "", error_description: null })],
    ["with an error that is none of ours beside them", answerOf(200, { ...whole, error: "invalid_grant" })],
    ["with an id token that is nonsense", answerOf(200, { ...whole, id_token: "nonsense" })],
    ["with white space around", answerOf(200, `\r\n ${JSON.stringify(whole)} \n`)],
    ["of an answer that breaks off behind them", answerOf(200, JSON.stringify(whole).slice(0, 60))],
  ])("%s", (_, answer) => expect(read(answer)).toMatchObject(tokens));

  it.each([
    ["left out", undefined, ["read"]],
    ["null", null, ["read"]],
    ["a number", 5, ["read"]],
    ["empty (a GitHub App)", "", []],
    ["apart by blanks", "a b  c", ["a", "b", "c"]],
    ["apart by commas (GitHub)", "a,b, c", ["a", "b", "c"]],
    ["a list (Twitch)", ["a:read", "b:write"], ["a:read", "b:write"]],
    ["a list with rubbish", ["a", 5, "", null], ["a"]],
  ])("scope is %s", (_, scope, scopes) => expect(read(answerOf(200, { ...whole, scope })).scopes).toEqual(scopes));

  it("scopes as HubSpot names them", () => {
    const { scope: _, ...rest } = whole;
    expect(read(answerOf(200, { ...rest, scopes: ["oauth", "tickets"] }), hubspot).scopes).toEqual([
      "oauth",
      "tickets",
    ]);
  });

  it("of the user, where Slack nests them, with what is told of the team", () => {
    const answer = {
      ok: true,
      access_token: "xoxb-bot",
      token_type: "bot",
      scope: "bot:scope",
      team: { id: "T1", name: "Northwind" },
      authed_user: { id: "U1", access_token: "xoxp-user", token_type: "user", scope: "users:read,team:read" },
    };
    expect(read(answerOf(200, answer), slack)).toMatchObject({
      access_token: "xoxp-user",
      refresh_token: "held",
      scopes: ["users:read", "team:read"],
      details: { team_id: "T1", team_name: "Northwind" },
    });
    // A refresh answers at the top: https://docs.slack.dev/authentication/using-token-rotation/
    expect(read(answerOf(200, { ...answer, team: { id: 5, name: ["x"] } }), slack).details).toEqual({ team_id: 5 });
    const refreshed = { ok: true, access_token: "xoxe.xoxp-2", refresh_token: "xoxe-2", team: { id: "T1" } };
    expect(read(answerOf(200, refreshed), slack)).toMatchObject({
      access_token: "xoxe.xoxp-2",
      refresh_token: "xoxe-2",
    });
  });

  it.each([
    ["3600", 3600],
    [3600.9, 3600],
    [" 60 ", 60],
    // https://linear.app/developers/oauth-2-0-authentication: ten years.
    [315_705_599, 315_705_599],
    [1, 1],
    [0, null],
    [-5, null],
    ["", null],
    [true, null],
    // Thirty years are believed, and a second more is not.
    [948_672_000, 948_672_000],
    [948_672_001, null],
    ["soon", null],
    [1e308, null],
    [Date.now() / 1000 + 3600, null],
    [null, null],
    [{}, null],
  ])("expires_in %j is %j seconds", (expires_in, lifetime) => {
    const { expires_at } = read(answerOf(200, { ...whole, expires_in }));
    if (lifetime === null) expect(expires_at).toBeNull();
    else expect(Math.abs((expires_at ?? 0) - Date.now() - lifetime * 1000)).toBeLessThan(5000);
  });

  it("a lifetime is read where it is called expires", () => {
    const { expires_in: _, ...rest } = whole;
    const { expires_at } = read(answerOf(200, { ...rest, expires: 60 }));
    expect(Math.abs((expires_at ?? 0) - Date.now() - 60_000)).toBeLessThan(5000);
  });

  it.each([[""], [null], [5], ["line\r\nbreak"]])(
    "a refresh token that is none, %j, leaves the one that is held",
    (refresh_token) => {
      const read_tokens = read(answerOf(200, { ...whole, refresh_token }));
      expect(read_tokens).toMatchObject({ access_token: "at-1", refresh_token: "held" });
    },
  );

  it("around them: whatever else an answer says, its tokens are taken", () => {
    const beside = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 8 }).map((name) => `x_${name}`),
      fc.jsonValue(),
    );
    const token = fc.stringMatching(/^[\x21-\x7e]{1,200}$/);
    fc.assert(
      fc.property(
        beside,
        token,
        token,
        fc.integer({ min: 200, max: 299 }),
        (more, access_token, refresh_token, status) => {
          const answer = answerOf(status, { ...more, access_token, refresh_token });
          expect(read(answer)).toMatchObject({ access_token, refresh_token });
        },
      ),
    );
  });
});

describe("a token that is to be bound to a key", () => {
  const dpop_key = PrivateKey.parse(CLIENT_KEY);
  const readBound = (token_type: unknown) =>
    readTokenAnswer(plain, answerOf(200, { ...whole, token_type }), { ...BEFORE, dpop_key });

  it.each(["DPoP", "dpop", " DPOP"])("is taken as %j, with its key", (token_type) => {
    expect(readBound(token_type)).toMatchObject({ access_token: "at-1", dpop_key });
  });

  it.each(["Bearer", "", undefined, "pop", 5])("is not taken as %j: whoever has it could use it", (token_type) => {
    expect(() => readBound(token_type)).toThrow(NoToken);
  });
});

describe("nothing is taken", () => {
  it.each([
    ["of another scheme: DPoP", { ...whole, token_type: "DPoP" }],
    ["of another scheme: mac", { ...whole, token_type: "mac" }],
    ["of another scheme: pop", { ...whole, token_type: "PoP" }],
    ["of no scheme at all", { ...whole, token_type: "N_A" }],
    ["of an answer without a token", { token_type: "Bearer", expires_in: 3600 }],
    ["of an empty token", { ...whole, access_token: "" }],
    ["of a token that would split a header", { ...whole, access_token: "a\r\nX: y" }],
    ["of a token beyond ASCII", { ...whole, access_token: "tøken" }],
    ["of a token longer than any", { ...whole, access_token: "x".repeat(20_000) }],
    ["of a list", [whole]],
    ["of a text", "access granted"],
    ["of a page", "<html>access_token=x</html>"],
    ["of nothing", ""],
    ["of a token that breaks off", '{"access_token": "<script>provider-said-this</script>'],
  ])("%s", (_, body) => expect(() => read(answerOf(200, body))).toThrow(NoToken));

  it.each([
    ["a redirect", 300, whole, "unknown"],
    ["a refusal without a word", 400, {}, "unknown"],
    ["a success that is none", 200, { ok: false }, "unknown"],
    ["a success with an error that nobody knows", 200, { error: "no_such_word" }, "unknown"],
    ["a success with an error that is known", 200, { error: "ratelimited" }, "rate_limited"],
    ["a success with a code that is known", 200, { code: "invalid_grant" }, "grant_refused"],
  ])("of %s, which is refused", (_, status, body, meaning) => {
    expect(() => read(answerOf(status, body))).toThrow(expect.objectContaining({ meaning, answered: status }));
    expect(() => read(answerOf(status, body))).toThrow(TokenRequestRefused);
  });

  it("of a refusal, and nothing that it says is repeated", () => {
    const said = { error: "invalid_grant", error_description: "<script>provider-said-this</script>", ...tokens };
    try {
      read(answerOf(400, said));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(TokenRequestRefused);
      expect(error).toMatchObject({ meaning: "grant_refused", answered: 400, code: "token_request_rejected" });
      expect(JSON.stringify(error) + String(error)).not.toMatch(/provider-said-this|invalid_grant/);
    }
  });

  it("of whatever else comes, at any size and in any bytes, and only ever with an error of ours", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((json) => new TextEncoder().encode(json)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), bytes, (status, body) => {
        try {
          expect(read(answerOf(status, Uint8Array.from(body))).access_token).toMatch(/^[\x21-\x7e]+$/);
        } catch (error) {
          expect(error instanceof NoToken || error instanceof TokenRequestRefused).toBe(true);
        }
      }),
    );
    for (const filler of ['{"a":"', "access_token=", "{".repeat(10), '"a":"b",']) {
      const large = filler.repeat(Math.ceil(1_000_000 / filler.length));
      expect(() => read(answerOf(200, large))).toThrow(NoToken);
    }
  });
});
