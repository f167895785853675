/** The nearest mistakes that an entry may have, each alone: what a service that is as the entry says has to refuse. */
import type { CustomProviderEntry } from "../../src/contract/entry.ts";

type Mistake = readonly [what: string, entry: CustomProviderEntry];

const without = <T extends object>(of: T, name: PropertyKey): T => {
  const { ...copy } = of;
  Reflect.deleteProperty(copy, name);
  return copy;
};

/** JSON is asked for in any case. */
const isNoticed = (header: string): boolean => header.toLowerCase() !== "accept";

/** Every mistake that can be made of this entry. */
export function mistakesIn(entry: CustomProviderEntry): Mistake[] {
  const { api = {}, authorization_parameters = {}, scopes = [], exchange } = entry;
  const ofConsent: Mistake[] =
    entry.authorization_endpoint === undefined
      ? []
      : [
          ["another token endpoint", { ...entry, token_endpoint: `${entry.token_endpoint}x` }],
          ["another client authentication", otherAuthentication(entry)],
          // Without a secret it may not be left out: that is refused by us.
          ...(entry.client_secret === undefined
            ? []
            : [["PKCE the other way", { ...entry, pkce: entry.pkce === false }] as const]),
          [
            "another format of token requests",
            { ...entry, token_request_format: entry.token_request_format === "json" ? "form" : "json" },
          ],
          ...(scopes.length > 1
            ? [
                [
                  "another separator of scopes",
                  { ...entry, scope_separator: entry.scope_separator === "," ? " " : "," },
                ] as const,
              ]
            : []),
          ...Object.keys(authorization_parameters).map(
            (name) =>
              [
                `no ${name} in its consent`,
                { ...entry, authorization_parameters: without(authorization_parameters, name) },
              ] as const,
          ),
          ...Object.keys(entry.token_request_headers ?? {})
            .filter(isNoticed)
            .map(
              (name) =>
                [
                  `no ${name} in token requests`,
                  { ...entry, token_request_headers: without(entry.token_request_headers ?? {}, name) },
                ] as const,
            ),
        ];
  const ofExchange: Mistake[] = exchange
    ? [["another endpoint of its exchange", { ...entry, exchange: { ...exchange, endpoint: `${exchange.endpoint}x` } }]]
    : [];
  return [
    ...ofConsent,
    ...ofExchange,
    [
      "its credential in another place",
      { ...entry, api: { ...api, stamp: { headers: { "X-Elsewhere": firstSecret(entry) } } } },
    ],
    ...Object.keys(api.headers ?? {})
      .filter(isNoticed)
      .map(
        (name) =>
          [`no ${name} in calls`, { ...entry, api: { ...api, headers: without(api.headers ?? {}, name) } }] as const,
      ),
  ];
}

function otherAuthentication(entry: CustomProviderEntry): CustomProviderEntry {
  const { token_endpoint_auth_method: method = "client_secret_basic", client_secret: _, ...rest } = entry;
  if (method === "none") return { ...entry, token_endpoint_auth_method: "client_secret_post", client_secret: "secret" };
  if (method === "client_secret_basic") return { ...entry, token_endpoint_auth_method: "client_secret_post" };
  return method === "client_secret_post"
    ? { ...entry, token_endpoint_auth_method: "client_secret_basic" }
    : { ...rest, token_endpoint_auth_method: "none" };
}

/** What a call is made with: the token, or what was typed. */
function firstSecret({ fields = {}, authorization_endpoint, exchange }: CustomProviderEntry): string {
  if (authorization_endpoint !== undefined || exchange) return "{access_token}";
  const [name = ""] = Object.entries(fields).find(([, { secret }]) => secret) ?? Object.entries(fields)[0] ?? [];
  return `{${name}}`;
}
