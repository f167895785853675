/** One security scheme of an OpenAPI 3 description, as fields of a service. */
import * as z from "zod";
import type { JsonObject } from "../openapi/schemas.ts";
import { known } from "./document.ts";
import { fieldName, sentence, titleOf } from "./servers.ts";

const Scopes = z.record(z.string(), z.unknown()).catch({});
const Flow = z.object({
  authorizationUrl: z.string().optional(),
  tokenUrl: z.string().optional(),
  refreshUrl: z.string().optional(),
  scopes: Scopes.default({}),
});
const described = { description: z.string().optional().catch(undefined) };
const Scheme = z.discriminatedUnion("type", [
  z.object({ type: z.literal("apiKey"), in: z.string(), name: z.string(), ...described }),
  z.object({ type: z.literal("http"), scheme: z.string().toLowerCase(), ...described }),
  z.object({
    type: z.literal("oauth2"),
    flows: z.object({
      authorizationCode: Flow.optional(),
      clientCredentials: Flow.optional(),
      implicit: Flow.optional(),
    }),
    ...described,
  }),
  z.object({ type: z.literal("openIdConnect"), openIdConnectUrl: z.string() }),
]);
type Scheme = z.output<typeof Scheme>;

/** What a scheme is as fields of a service; a text says why it can be none. */
export type Reading = JsonObject | string;

/**
 * @param base what relative addresses are relative to
 * @param isAlone whether it is the only key that is asked for: then it is called so
 */
export function readScheme(value: unknown, base: string | undefined, isAlone: boolean): Reading {
  const scheme = Scheme.safeParse(value);
  if (!scheme.success) return "is of a kind that Latchkey does not have.";
  switch (scheme.data.type) {
    case "apiKey":
      return ofKey(scheme.data, isAlone);
    case "http":
      return ofHttp(scheme.data);
    case "oauth2":
      return ofOAuth(scheme.data, base);
    case "openIdConnect":
      return `has its endpoints at ${scheme.data.openIdConnectUrl}: --metadata reads them.`;
  }
}

/** Names that mean more than an input. */
const RESERVED = ["access_token", "assertion", "authorization"];

function ofKey({ in: where, name, description }: Extract<Scheme, { type: "apiKey" }>, isAlone: boolean): Reading {
  const own = fieldName(name);
  const field = isAlone || RESERVED.includes(own) ? "api_key" : own;
  const fields = { [field]: known({ title: titleOf(field), description: sentence(description), secret: true }) };
  const stamp = { [name]: `{${field}}` };
  if (where === "header") return { fields, api: { stamp: { headers: stamp } } };
  if (where === "query") return { fields, api: { stamp: { query: stamp } } };
  return `is of a ${where}, in which a service of Latchkey's has nothing.`;
}

function ofHttp({ scheme, description }: Extract<Scheme, { type: "http" }>): Reading {
  const secret = (title: string) => known({ title, description: sentence(description), secret: true });
  if (scheme === "bearer")
    return {
      fields: { api_key: secret("API key") },
      api: { stamp: { headers: { Authorization: "Bearer {api_key}" } } },
    };
  if (scheme === "basic") {
    return {
      fields: { username: { title: "User name" }, password: secret("Password") },
      api: { stamp: { basic: { user: "{username}", password: "{password}" } } },
    };
  }
  return `is HTTP ${scheme}, which Latchkey does not have.`;
}

/** Some list several in one. */
const scopesIn = (scopes: Readonly<Record<string, unknown>>): string[] => [
  ...new Set(Object.keys(scopes).flatMap((name) => name.split(/\s+/).filter(Boolean))),
];

function ofOAuth({ flows }: Extract<Scheme, { type: "oauth2" }>, base: string | undefined): Reading {
  const { authorizationCode, clientCredentials, implicit } = flows;
  const whole = (url: string | undefined) =>
    url === undefined || URL.canParse(url) || url.startsWith("{")
      ? url
      : (URL.parse(url, base)?.href.replaceAll("%7B", "{").replaceAll("%7D", "}") ?? url);
  const consent = authorizationCode ?? (clientCredentials ? undefined : implicit);
  if (consent) {
    const { authorizationUrl, tokenUrl, refreshUrl, scopes } = consent;
    const hasOther = refreshUrl !== undefined && refreshUrl !== "" && refreshUrl !== tokenUrl;
    return known({
      authorization_endpoint: whole(authorizationUrl),
      token_endpoint: whole(tokenUrl),
      refresh: hasOther ? { endpoint: whole(refreshUrl) } : undefined,
      scopes: scopesIn(scopes),
    });
  }
  if (!clientCredentials?.tokenUrl) return "has no flow in which people consent.";
  const scope = scopesIn(clientCredentials.scopes).join(" ");
  return {
    fields: { client_id: { title: "Client ID" }, client_secret: { title: "Client secret", secret: true } },
    exchange: {
      endpoint: whole(clientCredentials.tokenUrl),
      basic: { user: "{client_id}", password: "{client_secret}" },
      parameters: { grant_type: "client_credentials", ...(scope === "" ? {} : { scope }) },
    },
  };
}
