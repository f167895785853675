import { decodeBase64 } from "@oslojs/encoding";
import { expect, it } from "vitest";
import { clientSecretBasic } from "../../src/oauth/client.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { defineProvider } from "../../src/contract/describe.ts";

const provider = defineProvider({
  id: "example",
  name: "Example",
  docs: null,
  authorization_endpoint: "https://example.com/authorize",
  token_endpoint: "https://example.com/token",
  token_endpoint_auth_method: "client_secret_basic",
  scopes: [],
  api_base_url: "https://api.example.com",
  profile: null,
  resources: [],
});

async function basicOf(encoding: "form" | "none", client_id: string, secret: string): Promise<string> {
  const headers = new Headers();
  const authenticate = clientSecretBasic({ ...provider, client_secret_basic_encoding: encoding }, secret);
  await authenticate({ issuer: "https://example.com" }, { client_id }, new URLSearchParams(), headers);
  return new TextDecoder().decode(decodeBase64(headers.get("Authorization")?.replace(/^Basic /, "") ?? ""));
}

// https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set, named by RFC 6749 appendix B.
it.each([
  [
    "a UUID, as Notion's and Airtable's ids are",
    "463558a3-725e-4f37-b6d3-0889894f68de",
    "463558a3-725e-4f37-b6d3-0889894f68de",
  ],
  ["a dot, as in Slack's ids", "4123121235.9872358710", "4123121235.9872358710"],
  ["the unreserved that a form leaves alone", "basic_client*-._", "basic_client*-._"],
  ["a blank", "two words", "two+words"],
  ["what a colon or a decoder would break", "a:b+c%d&e=f~", "a%3Ab%2Bc%25d%26e%3Df%7E"],
])("Basic credentials are form-encoded: %s", async (_, plain, encoded) => {
  expect(await basicOf("form", plain, plain)).toBe(`${encoded}:${encoded}`);
});

it("Basic credentials stay as they are where the provider takes them raw", async () => {
  expect(await basicOf("none", "a id", "s:e+c%r~t")).toBe("a id:s:e+c%r~t");
});

it("each built-in provider that takes Basic gets it as its own clients send it", () => {
  const raw = builtInProviders.filter(({ token_endpoint_auth_method: by }) => by === "client_secret_basic");
  expect(raw.map(({ client_secret_basic_encoding }) => client_secret_basic_encoding)).toEqual(raw.map(() => "none"));
});
