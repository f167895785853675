/** What a service's own description says of how to connect to it: OAuth metadata (RFC 8414, OpenID discovery) or OpenAPI 3. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { parse } from "yaml";
import type { Service } from "../src/contract/service.ts";

const MOST_BYTES = 8 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** The text of a file or of an address: https, or http on this machine. @throws Error in words of its reader's */
export async function readDescription(place: string): Promise<unknown> {
  const text = /^https?:\/\//.test(place) ? await fetched(place) : await readFile(place, "utf8");
  if (text.length > MOST_BYTES) throw new Error(`${place} is larger than 8 MB, so it is something else.`);
  // JSON is YAML as well (https://yaml.org/spec/1.2.2/#12-language).
  const parsed: unknown = parse(text, { maxAliasCount: 100 });
  return parsed;
}

async function fetched(place: string): Promise<string> {
  const { protocol, hostname } = new URL(place);
  if (protocol !== "https:" && !["localhost", "127.0.0.1"].includes(hostname)) {
    throw new Error(`${place} is no https address. Give an https address, or a file.`);
  }
  const answer = await fetch(place, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  if (!answer?.ok)
    throw new Error(`${place} could not be read. Give its last address (no redirect is followed), or a file.`);
  return answer.text();
}

type Facts = Partial<Service>;

const AuthMethod = z.enum(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]);

const Metadata = z.looseObject({
  issuer: z.string().optional(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string().optional(),
  introspection_endpoint: z.string().optional(),
  userinfo_endpoint: z.string().optional(),
  pushed_authorization_request_endpoint: z.string().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  dpop_signing_alg_values_supported: z.array(z.string()).optional(),
  scopes_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
});

/** RFC 8414 2, with OpenID Connect Discovery 1.0 3. @throws Error where it is none */
export function fromMetadata(document: unknown): Facts {
  const parsed = Metadata.safeParse(document);
  if (!parsed.success)
    throw new Error("This is no OAuth metadata: it needs authorization_endpoint and token_endpoint.");
  const said = parsed.data;
  // Where nothing is said it is Basic (RFC 8414 2).
  const methods = said.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const method = AuthMethod.options.find((known) => methods.includes(known));
  return {
    ...pick(said, ["issuer", "revocation_endpoint", "introspection_endpoint", "userinfo_endpoint"]),
    authorization_endpoint: said.authorization_endpoint,
    token_endpoint: said.token_endpoint,
    ...(said.require_pushed_authorization_requests ? pick(said, ["pushed_authorization_request_endpoint"]) : {}),
    ...(method === undefined ? {} : { token_endpoint_auth_method: method }),
    ...(said.code_challenge_methods_supported && !said.code_challenge_methods_supported.includes("S256")
      ? { pkce: false }
      : {}),
    // Of an OpenID provider's, those that tell who it is; which else are wanted, nobody can know.
    scopes: (said.scopes_supported ?? []).filter((scope) =>
      ["openid", "profile", "email", "offline_access"].includes(scope),
    ),
  };
}

function pick<K extends string>(from: Readonly<Record<string, unknown>>, names: readonly K[]): { [N in K]?: string } {
  const found: { [N in K]?: string } = {};
  for (const name of names) {
    const value = from[name];
    if (typeof value === "string") found[name] = value;
  }
  return found;
}

const Scheme = z.looseObject({
  type: z.string(),
  in: z.string().optional(),
  name: z.string().optional(),
  scheme: z.string().optional(),
  flows: z
    .looseObject({
      authorizationCode: z
        .looseObject({
          authorizationUrl: z.string(),
          tokenUrl: z.string(),
          refreshUrl: z.string().optional(),
          scopes: z.record(z.string(), z.string()).default({}),
        })
        .optional(),
    })
    .optional(),
});

const OpenApi = z.looseObject({
  openapi: z.string().startsWith("3"),
  info: z.looseObject({ title: z.string() }),
  servers: z
    .array(
      z.looseObject({
        url: z.string(),
        variables: z
          .record(z.string(), z.looseObject({ default: z.string(), enum: z.array(z.string()).optional() }))
          .optional(),
      }),
    )
    .default([]),
  components: z.looseObject({ securitySchemes: z.record(z.string(), Scheme).default({}) }).optional(),
});

const fieldName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[^a-z]+|_+$/g, "") || "value";

/**
 * OpenAPI 3: where the API is, and the first way of its `securitySchemes` that data can say.
 * @throws Error where it is none, or has no such way
 */
export function fromOpenApi(document: unknown): Facts {
  const parsed = OpenApi.safeParse(document);
  if (!parsed.success) throw new Error("This is no OpenAPI 3 description: it needs openapi and info.title.");
  const { info, servers, components } = parsed.data;
  const [server] = servers;
  const variables = Object.entries(server?.variables ?? {});
  const hosts = Object.fromEntries(
    variables.map(([name, { enum: choices, default: unsaid }]) => [
      fieldName(name),
      { title: name, default: unsaid, ...(choices ? { choices } : { pattern: "[a-z0-9.-]{1,253}" }) },
    ]),
  );
  const url = variables.reduce(
    (address, [name]) => address.replaceAll(`{${name}}`, `{${fieldName(name)}}`),
    server?.url ?? "",
  );
  const ways = Object.values(components?.securitySchemes ?? {}).map((scheme) => wayOf(scheme));
  const way = ways.find((one) => one !== null && "authorization_endpoint" in one) ?? ways.find((one) => one !== null);
  if (!way)
    throw new Error(
      "Its securitySchemes have no way that can be said as data: oauth2 by code, apiKey, bearer or basic.",
    );
  const fields = { ...hosts, ...way.fields };
  return {
    name: info.title,
    ...(url.startsWith("http") ? { api_base_url: url } : {}),
    ...way,
    ...(Object.keys(fields).length > 0 ? { fields } : {}),
  };
}

const key = { title: "API key", secret: true };

function wayOf({ type, in: place, name = "", scheme = "", flows }: z.output<typeof Scheme>): Facts | null {
  const flow = flows?.authorizationCode;
  if (type === "oauth2" && flow) {
    return {
      authorization_endpoint: flow.authorizationUrl,
      token_endpoint: flow.tokenUrl,
      ...(flow.refreshUrl ? { refresh: { endpoint: flow.refreshUrl } } : {}),
      scopes: Object.keys(flow.scopes),
    };
  }
  if (type === "apiKey" && place === "header") {
    return { fields: { api_key: key }, api: { stamp: { headers: { [name]: "{api_key}" } } } };
  }
  if (type === "apiKey" && place === "query") {
    return { fields: { api_key: key }, api: { stamp: { query: { [name]: "{api_key}" } } } };
  }
  if (type === "http" && scheme.toLowerCase() === "bearer") {
    return { fields: { api_key: key }, api: { stamp: { headers: { Authorization: "Bearer {api_key}" } } } };
  }
  if (type === "http" && scheme.toLowerCase() === "basic") {
    return {
      fields: { username: { title: "User name" }, password: { title: "Password", secret: true } },
      api: { stamp: { basic: { user: "{username}", password: "{password}" } } },
    };
  }
  return null;
}
