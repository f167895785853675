/** What `npm run new-provider` writes: a provider of a plain JSON API, and its twin in the sandbox. */

export interface NewProvider {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly docs: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly token_endpoint_auth_method: "client_secret_basic" | "client_secret_post";
  readonly revocation_endpoint: string | null;
  readonly scopes: readonly string[];
  /** Without a slash at its end. */
  readonly api: string;
  /** Paths under `api`. */
  readonly profile: string;
  readonly items: string;
  readonly item_type: string;
}

const quote = (value: unknown): string => JSON.stringify(value);
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `src/providers/{id}.ts` */
export function declaration(provider: NewProvider): string {
  const revocation = `revocation: {
    endpoint: ${quote(provider.revocation_endpoint)},
    method: "POST",
    authentication: "client",
    body: { token: "refresh_token", parameter: "token", format: "form" },
    ends: "grant",
  },`;
  return `import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const Id = z.pipe(z.union([z.string(), z.number()]), z.transform(String));

// ADAPT: the fields of the answer to GET ${provider.profile} that make an account.
const User = z.object({
  id: Id,
  name: z.nullish(z.string()),
  email: z.nullish(z.string()),
  avatar_url: z.nullish(z.string()),
  url: z.nullish(z.string()),
});

// ADAPT: the fields of one entry of GET ${provider.items}.
const Entry = z.object({
  id: Id,
  name: z.string(),
  url: z.nullish(z.string()),
  created_at: z.nullish(z.string()),
  updated_at: z.nullish(z.string()),
});

export const ${provider.id} = defineProvider({
  id: ${quote(provider.id)},
  name: ${quote(provider.name)},
  category: ${quote(provider.category)},
  docs: ${quote(provider.docs)},
  authorization_endpoint: ${quote(provider.authorization_endpoint)},
  token_endpoint: ${quote(provider.token_endpoint)},
  token_endpoint_auth_method: ${quote(provider.token_endpoint_auth_method)},
  ${provider.revocation_endpoint === null ? "" : revocation}
  scopes: ${quote(provider.scopes)},
  // ADAPT: whether a refresh token works once, how long one lives unused, whether a refresh ends the access token of before.
  refresh: { rotates: true },
  api_base_url: ${quote(provider.api)},
  profile: {
    requests: { user: { path: ${quote(provider.profile)} } },
    account: z.pipe(
      z.object({ user: User }),
      z.transform(({ user: { id, name, email, avatar_url, url } }) => toAccount({ id, name, email, avatar_url, url })),
    ),
  },
  resources: [
    {
      request: { path: ${quote(provider.items)} },
      // ADAPT: how the list is paged, and where the answer says which page is next.
      paging: { style: "cursor", limit: "per_page", cursor: "page", max: 100 },
      page: z.pipe(
        z.object({ items: z.array(Entry), next_page: z.nullish(z.number()) }),
        z.transform(({ items, next_page }) => ({
          items: items.map(({ id, name, url, created_at, updated_at }) =>
            toItem({
              id,
              type: ${quote(provider.item_type)},
              name,
              url: url ?? null,
              created_at: created_at ?? null,
              updated_at: updated_at ?? null,
            }),
          ),
          next: next_page ? String(next_page) : null,
        })),
      ),
    },
  ],
});
`;
}

/** `sandbox/data/{id}.ts` */
export function sandboxData({ id, authorization_endpoint }: NewProvider): string {
  const site = new URL(authorization_endpoint).origin;
  const prefix = capital(id);
  return `import { holder } from "./people.ts";
import { ADJECTIVES, dice, hoursAgoShort, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

/** An entry as the list shows it. */
export interface ${prefix}Entry {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const ENTRIES_PER_ACCOUNT = [131, 7, 0];

/** Who an account is. */
export function ${id}User(account: number) {
  const { full, login, email } = holder(account);
  return { id: 4100 + account, name: full, email, avatar_url: null, url: \`${site}/\${login}\` };
}

/** The entries of an account. */
export const ${id}Entries = perAccount((account): readonly ${prefix}Entry[] =>
  many(ENTRIES_PER_ACCOUNT[account] ?? 0, (index) => {
    const roll = dice(\`${id}/\${account}/\${index}\`);
    const plain = \`\${pick(ADJECTIVES, roll)} \${pick(NOUNS, roll)}\`;
    const number = 52_000 + account * 1000 + index;
    return {
      id: number,
      name: index % 17 === 3 ? (ODD_TITLES[index % ODD_TITLES.length] ?? plain) : plain,
      url: \`${site}/entries/\${number}\`,
      created_at: hoursAgoShort(9000 - index * 3),
      updated_at: hoursAgoShort(index * 5),
    };
  }),
);
`;
}

/** `sandbox/services/{id}.ts` */
export function sandboxService(provider: NewProvider): string {
  const { id, name } = provider;
  const api = new URL(provider.api);
  const endpoint = (url: string): string =>
    `{ host: ${quote(new URL(url).host)}, path: ${quote(new URL(url).pathname)} }`;
  const path = (under: string): string => quote(api.pathname.replace(/\/$/, "") + under);
  const revoke = provider.revocation_endpoint === null ? null : new URL(provider.revocation_endpoint);
  const revocation = revoke
    ? `open(
      "POST",
      ${quote(revoke.host)},
      ${quote(revoke.pathname)},
      (context) => {
        const asked = clientRequest(${id}, context);
        if (asked instanceof Response) return asked;
        const token = context.store.token(asked.params["token"] ?? "");
        if (token !== undefined) context.store.revokeGrant(token.grantId);
        return json({});
      },
      "revoke",
    ),`
    : "";
  return `import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { ${id}Entries, ${id}User } from "../data/${id}.ts";
import { holderChoices } from "../data/people.ts";
import { json, wholeNumber } from "../http.ts";
${revoke ? `import { clientRequest } from "../oauth/revoke.ts";` : ""}
import { pageOf } from "../paging.ts";
import { api, ${revoke ? "open, " : ""}type ApiContext } from "../routes.ts";
import type { Service } from "../service.ts";
import { pageSize } from "../settings.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";
import { oneSetOfScopes, prefixed } from "./bearer.ts";

const API = ${quote(api.host)};
const HOUR = 3600;

// ADAPT: how this API words its errors.
const errors: Service["errors"] = {
  unauthorized: () => failure(401, "The access token is missing, expired or revoked"),
  forbidden: () => failure(403, "The access token lacks a scope"),
  notFound: () => failure(404, "Not found"),
  badRequest: (_call, text) => failure(400, text),
  rateLimited: (_call, retryAfter, text) =>
    failure(429, text, retryAfter === null ? {} : { "retry-after": retryAfter }),
  serverError: (_call, text) => failure(500, text),
};

export const ${id}: Service = {
  name: ${quote(id)},
  title: ${quote(name)},
  colour: "#4a4a68",
  accounts: holderChoices(["ada-lindqvist", "linxiaoyu", "lukasz-w, no entries"]),
  errors,
  // ADAPT: what it says when it is out of order, and of a grant or a token that is over.
  words: { token: RFC_WORDS, api: { passing: GATEWAY, dead: [] } },
  // ADAPT: where the service is stricter or laxer than RFC 6749, 7636 and 9700, which this is.
  oauth: {
    authorize: [${endpoint(provider.authorization_endpoint)}],
    token: [${endpoint(provider.token_endpoint)}],
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: [${provider.token_endpoint_auth_method === "client_secret_basic" ? `"basic"` : `"body"`}],
    pkce: "required",
    minimumState: 1,
    responseType: "required",
    // ADAPT: what it takes, and the page that says so.
    redirectUris: { plain: ["localhost"], match: "exact", source: ${quote(provider.docs)} },
    redirectAtToken: "required",
    codePrefix: "",
    scopes: {
      known: SCOPE_WORDS.${id},
      unknown: "redirect",
      parts: oneSetOfScopes(),
    },
    lifetimes: () => ({ access: 2 * HOUR, refresh: null }),
    refreshExpiry: "sliding",
    wantsRefresh: () => true,
    rotation: { when: () => true, old: "dies", killsAccess: false, reuse: "revokes" },
    newToken: prefixed(${quote(`${id}_at_`)}, ${quote(`${id}_rt_`)}, 40),
    answer: ({ parts: [part] }) => ({
      access_token: part.access,
      refresh_token: part.refresh,
      token_type: "Bearer",
      scope: part.scopes.join(" "),
      expires_in: part.expiresIn,
    }),
    refuse: (_call, { code, text }) =>
      code === "too_soon"
        ? json({ error: "invalid_request", error_description: text }, 409)
        : json({ error: code, error_description: text }, code === "invalid_client" ? 401 : 400),
  },
  routes: [
    ${revocation}
    api("GET", API, ${path(provider.profile)}, [], ({ account }) => json(${id}User(account))),
    api("GET", API, ${path(provider.items)}, [], list),
  ],
};

function list({ call, account, settings }: ApiContext): Response {
  const size = pageSize(settings, wholeNumber(call.query.get("per_page"), 20, 1, 100));
  const number = wholeNumber(call.query.get("page"), 1, 1, 100_000);
  const page = pageOf(${id}Entries(account), (number - 1) * size, size);
  return json({ items: page.items, next_page: page.next === undefined ? null : number + 1 });
}

function failure(status: number, message: string, headers: Record<string, string> = {}): Response {
  return json({ message }, status, headers);
}
`;
}
