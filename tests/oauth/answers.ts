/** Answers of token endpoints, made up for a test. */
import { defineProvider } from "../../src/contract/describe.ts";
import type { Provider } from "../../src/contract/provider.ts";
import type { Answer } from "../../src/oauth/transport.ts";

/** A provider that anybody may have configured. */
export const plain: Provider = defineProvider({
  id: "plain",
  name: "Plain",
  docs: null,
  authorization_endpoint: "https://plain.example/authorize",
  token_endpoint: "https://plain.example/token",
  token_endpoint_auth_method: "client_secret_post",
  scopes: ["read"],
  api_base_url: "https://api.plain.example",
  profile: null,
  resources: [],
});

/** An object is sent as JSON; a string and bytes as they are. */
export function answerOf(
  status: number,
  body: object | string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = { "Content-Type": "application/json" },
): Answer {
  const bytes =
    body instanceof Uint8Array
      ? body
      : Uint8Array.from(new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)));
  return { status, headers: new Headers(headers), bytes };
}

/** Text in one byte a character. */
export const latin1 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Text in two bytes a unit, with the mark that says so. */
export const utf16 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(`\ufeff${text}`.split("").flatMap((unit) => [unit.charCodeAt(0) & 0xff, unit.charCodeAt(0) >> 8]));
