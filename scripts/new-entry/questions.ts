/** The facts of a service, asked for at a terminal: what a document says already is not. */
import type { Prompt } from "../prompt.ts";
import { Refused } from "./document.ts";
import { foundIn, type Given, type Values } from "./flags.ts";

const BEARER = "Authorization: Bearer {api_key}";

/**
 * @param said by flags; where nothing is, there may be documents, and there is a file to write
 * @throws Refused
 */
export async function askFacts(prompt: Prompt, said: Values): Promise<Given> {
  const ask = (question: string) => prompt.ask(question);
  const optional = async (question: string) => (await ask(`${question} (none: Enter) `)) || undefined;
  const isNothingSaid = Object.keys(said).length === 0;
  const id = said.slug === undefined ? (said.id ?? (await ask("Its id, of a-z, 0-9 and -, for good: "))) : undefined;
  const documents = isNothingSaid
    ? {
        openapi: await optional("Its OpenAPI 3 description: a file or an https address?"),
        metadata: await optional("Its OAuth or OpenID Connect metadata: a file or an https address?"),
      }
    : {};
  const before = { ...said, ...given({ id, ...documents }) };
  const found = await foundIn(before);
  const has = (field: string, flag: keyof Values): boolean => field in found.service || flag in before;
  const name = has("name", "name") ? undefined : await ask("What people call it: ");
  const isConnected =
    has("authorization_endpoint", "authorization-endpoint") || has("api", "stamp") || has("exchange", "basic");
  const how = isConnected ? {} : await askHow(ask, optional);
  const api = has("api_base_url", "api") ? undefined : await ask("The address that its API is under: ");
  const isTyped = !has("authorization_endpoint", "authorization-endpoint") && !("authorization-endpoint" in how);
  const verify =
    !isTyped || has("verify", "verify") || has("exchange", "verify")
      ? undefined
      : await ask("A path under it that tells whose account it is, such as /me: ");
  const entry = isNothingSaid ? (await ask(`The file to write it to [${id}.json]: `)) || `${id}.json` : undefined;
  return { values: { ...before, ...how, ...given({ name, api, verify, entry }) }, found };
}

async function askHow(
  ask: Prompt["ask"],
  optional: (question: string) => Promise<string | undefined>,
): Promise<Values> {
  const way = (await ask("How do people connect: by consent, key or password? [consent] ")) || "consent";
  switch (way) {
    case "consent": {
      const authorization = await ask("Its authorization endpoint? ");
      const token = await ask("Its token endpoint? ");
      const revocation = await optional("Its revocation endpoint (RFC 7009)?");
      const scopes = await optional("The scopes to ask for, with blanks between them?");
      return {
        "authorization-endpoint": authorization,
        "token-endpoint": token,
        ...(revocation === undefined ? {} : { "revocation-endpoint": revocation }),
        scope: scopes?.split(/\s+/) ?? [],
      };
    }
    case "key":
      return { stamp: [(await ask(`Where does it stand on a call? [${BEARER}] `)) || BEARER] };
    case "password":
      return { basic: true };
    default:
      throw new Refused(`"${way}" is none of consent, key and password.`);
  }
}

const given = (values: Readonly<Record<string, string | undefined>>): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));
