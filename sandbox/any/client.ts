/** The one client of a played service, as RFC 6749 2.3.1 and the entry have it authenticate. */
import type { Entry } from "./entry.ts";
import { basicHeader, type Wanted } from "./strict.ts";
import type { Values } from "./templates.ts";

/** What the service calls a parameter of RFC 6749. */
export const nameOf = ({ parameter_names = {} }: Entry, name: string): string => parameter_names[name] ?? name;

/** Appendix B: application/x-www-form-urlencoded, of UTF-8. */
const formEncoded = (value: string): string =>
  Array.from(new TextEncoder().encode(value), (byte) => {
    const character = String.fromCodePoint(byte);
    if (/[A-Za-z0-9*._-]/.test(character)) return character;
    return character === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");

/** @param named whether parameters go by the service's own names for them */
export function authenticated(
  entry: Entry,
  { anonymous = false, alwaysBasic = false, named = true } = {},
): Required<Pick<Wanted, "authorization" | "parameters" | "ofClient">> {
  const { client_id = "", client_secret, client_secret_basic_encoding, client_secret_basic_user } = entry;
  const called = (name: string) => (named ? nameOf(entry, name) : name);
  if (entry.token_endpoint_auth_method === "private_key_jwt" && !anonymous) {
    // What is in the assertion is looked at before.
    const assertion = { client_id, client_assertion_type: null, client_assertion: null };
    const parameters = Object.fromEntries(Object.entries(assertion).map(([name, value]) => [called(name), value]));
    return { authorization: null, parameters, ofClient: Object.keys(parameters) };
  }
  const method = client_secret === undefined ? "none" : (entry.token_endpoint_auth_method ?? "client_secret_basic");
  if (anonymous || client_secret === undefined || method === "none") {
    const id = called("client_id");
    return { authorization: null, parameters: { [id]: client_id }, ofClient: [id] };
  }
  if (method === "client_secret_post" && !alwaysBasic) {
    const parameters: Values = { [called("client_id")]: client_id, [called("client_secret")]: client_secret };
    return { authorization: null, parameters, ofClient: Object.keys(parameters) };
  }
  const encode = client_secret_basic_encoding === "none" ? (part: string) => part : formEncoded;
  const [user, password] =
    client_secret_basic_user === "client_secret" ? [client_secret, ""] : [client_id, client_secret];
  return { authorization: basicHeader(encode(user), encode(password)), parameters: {}, ofClient: [] };
}
