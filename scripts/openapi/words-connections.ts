/** What is connected: managing it, reading its data, calling its service. */
import { approval } from "./samples-approvals.ts";
import { CONNECTION, account, connection, held, listed, INTEGRATION } from "./samples.ts";
import type { Words } from "./words.ts";

const credentials: Words = {
  summary: "Read what is held",
  description:
    "Say what is held of a connection; never a token. Account, scopes (`missing_scopes` are those that were asked for and not granted, `refused_scopes` those that calls were refused for want of), expiry and how it stands.",
  answer: held,
};

const disconnect: Words = {
  summary: "Disconnect",
  description:
    "Disconnect here and revoke at the provider. `revoked_at_provider` says whether the provider has confirmed it. Where another connection lives on the same grant, `shared` has to say what becomes of that.",
  answer: { disconnected: true, revoked_at_provider: true },
};

const refresh = {
  summary: "Refresh a token",
  description:
    "Renew the access token now, at most once in 30 seconds. Tokens are renewed by themselves before they end, so this is for looking whether it would succeed. `refreshed` is false where one was forced less than 30 seconds ago, or none is possible right now.",
} satisfies Words;
const renewed = { refreshable: true, refreshed_at: "2026-11-27T10:02:00.000Z" };

const activity: Words = {
  summary: "List activity",
  description:
    "List what happened to a connection: the last hundred events, newest first. Connected, refreshed, replayed, failed with its reason, disconnected, revoked.",
  answer: {
    events: [{ at: "2026-11-02T09:12:44.000Z", type: "connected", reason: null, accounts: null }],
  },
};

const calls: Words = {
  summary: "List calls",
  description:
    "List what was done with a user's connections: the last calls to services of a month, at most a thousand, newest first, by key, connection or integration. Each with the key, the kind of path, what became of it, and the rule of the key's grant that let it pass; no query, header or body. `dropped` calls could not be written down.",
  answer: {
    calls: [
      {
        request_id: "8f4e1c62-0d0b-4f3a-9a39-1f2d7c1d4b5e",
        at: "2026-11-27T10:46:12.000Z",
        key: "m4Xc8sLw1QzP",
        integration: INTEGRATION,
        connection: CONNECTION,
        method: "POST",
        path: "/repos/acme/site/issues/*/comments",
        status: 201,
        outcome: "ok",
        rule: 2,
        approval: null,
      },
    ],
    dropped: 0,
    next_cursor: null,
  },
};

const approvals: Readonly<Record<string, Words>> = {
  "get /approvals": {
    summary: "List approvals",
    description:
      "List the calls of a user's keys that somebody is asked about, since their grant says `ask`: those that wait, those that are allowed, and those that were decided in the last ten minutes, newest first. A key with a grant sees its own.",
    answer: { approvals: [approval] },
  },
  "get /approvals/{approval}": {
    summary: "Read an approval",
    description:
      "Read one, with what would be sent: header fields that may make a difference, and the body, up to its first 64 KiB. Both are gone once the call was made.",
    answer: {
      ...approval,
      headers: [{ name: "content-type", value: "application/json" }],
      body: {
        type: "application/json",
        bytes: 15,
        sha256: "e3ef3db8c0f5e3ef49ab2cb0a6e1bb2d1c6a1f56c1f0ac87d1d7a0a5c0f0b1f8",
        text: '{"body":"Done"}',
        is_text: true,
        is_whole: true,
      },
    },
  },
  "post /approvals/{approval}": {
    summary: "Decide about a call",
    description:
      "Allow a call once, allow its kind until a time, or deny it for ten minutes. It takes the scope `approve` and a key that no grant narrows, or the person at the page. The caller then makes the very same call again.",
    request: { decision: "once" },
    answer: { ...approval, state: "allowed" },
  },
  "delete /approvals/{approval}": {
    summary: "Take an approval back",
    description: "Take back what was allowed and has not been used, or end what was allowed as a kind.",
  },
};

const proxy: Words = {
  summary: "Call the provider's API",
  description:
    "Call the provider's own API as the user; its exact answer comes back. `path` may hold slashes and any query. HEAD and OPTIONS go through as well. Errors of ours have the provider's shape and the header X-Latchkey-Error. Where the provider refuses a call for want of a scope, X-Latchkey-Scope-Missing names it, or is `unknown`, and X-Latchkey-Reconnect is where a person of the page gives it.",
};

export const CONNECTION_WORDS: Readonly<Record<string, Words>> = {
  "get /proxy/{integration}/{path}": proxy,
  "post /proxy/{integration}/{path}": proxy,
  "put /proxy/{integration}/{path}": proxy,
  "patch /proxy/{integration}/{path}": proxy,
  "delete /proxy/{integration}/{path}": proxy,
  "get /data/{integration}": {
    summary: "Read the profile",
    description:
      "Read the account's profile: the same fields for every provider, and the provider's own JSON. Asked of the provider each time. `account` is null where its answer names no id that could be found.",
    answer: { provider: "github", account, raw: { login: "octocat", id: 583_231 } },
  },
  "get /integrations/{integration}/load": {
    summary: "List items",
    description:
      "List what the account holds, page by page. Repositories, contacts, pages, files, playlists: the same fields for every provider, and in `details` what things of one type have besides. `next_cursor` is null on the last page.",
    answer: {
      items: [
        {
          id: "1296269",
          type: "repository",
          name: "octocat/hello-world",
          url: "https://github.com/octocat/hello-world",
          parent_id: "583231",
          parent_name: "octocat",
          created_at: "2011-01-26T19:01:12Z",
          updated_at: "2026-11-20T14:03:51Z",
          mime_type: null,
          details: { language: "TypeScript", stars: 80 },
        },
      ],
      next_cursor: null,
    },
  },
  "get /integrations/{integration}/avatar": {
    summary: "Read the picture",
    description:
      "Read the account's picture, through this origin. The picture itself, so that a page needs no other origin for it.",
  },
  "get /connections": {
    summary: "List connections",
    description:
      "List connections, by user, integration, status or tag. One user's are read from where they are kept and are exact; those of the whole app come from an index, which follows within seconds.",
    answer: { connections: [listed], next_cursor: null },
  },
  "get /connections/{connection}": {
    summary: "Read a connection",
    description: "Read one connection. What is held, what the app has noted of it, and how it stands; never a token.",
    answer: connection,
  },
  "patch /connections/{connection}": {
    summary: "Change a connection",
    description:
      "Rename a connection, make it the default, or set its metadata and tags; each as a whole. A label is known at once where it is set, elsewhere within two minutes. Metadata and tags are the app's: they take an app's key.",
    request: { label: "work", default: true, tags: { plan: "pro" } },
    answer: { ...connection, label: "work" },
  },
  "delete /connections/{connection}": disconnect,
  "post /connections/{connection}/refresh": {
    ...refresh,
    answer: { refreshed: true, connection: { ...connection, ...renewed } },
  },
  "get /calls": calls,
  ...approvals,
  "get /connections/{connection}/activity": activity,
  "get /connections/{connection}/token": {
    summary: "Take an access token",
    description:
      "Take a fresh access token out; never a refresh token. For what the proxy cannot do, such as a WebSocket. It takes the scope `tokens`, which few keys need.",
    answer: { access_token: "example-access-token", token_type: "Bearer", expires_at: "2026-11-27T11:02:00.000Z" },
  },
  "get /connections/{connection}/avatar": {
    summary: "Read a connection's picture",
    description: `Read the account's picture, of the connection of this id. The picture itself. \`avatar_url\` of an account leads here: \`/connections/${CONNECTION.slice(0, 8)}.../avatar\`.`,
  },
  "get /integrations/{integration}/credentials": credentials,
  "delete /integrations/{integration}/credentials": disconnect,
  "get /integrations/{integration}/activity": activity,
  "post /integrations/{integration}/refresh": {
    ...refresh,
    answer: { refreshed: true, credentials: { ...held, ...renewed } },
  },
};
