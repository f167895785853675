/** Services that take what people type, in each way that it can be stamped or exchanged. */
import type { Case } from "./case.ts";
import { PRIVATE_KEYS } from "./keys.ts";

const jwt = (algorithm: "RS256" | "PS256" | "ES256"): Case => {
  const id = `jwt-${algorithm.toLowerCase()}`;
  return {
    what: `a JWT signed with ${algorithm}`,
    entry: {
      id,
      name: `JWT ${algorithm}`,
      fields: {
        email: { title: "Service account", example: "robot@project.example.com" },
        key_id: { title: "Key id", example: "k-1" },
        private_key: { title: "Private key", secret: true, multiline: true },
      },
      api_base_url: `https://api.${id}.any.example.com`,
      exchange: {
        endpoint: `https://login.${id}.any.example.com/token`,
        method: "POST",
        format: "form",
        parameters: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: "{assertion}" },
        assertion: {
          algorithm,
          key: "{private_key}",
          headers: { kid: "{key_id}" },
          claims: { iss: "{email}", sub: "{email}", aud: `https://login.${id}.any.example.com/token`, scope: "read" },
          lifetime: 600,
        },
      },
      verify: { path: "/me" },
    },
    works: { email: "robot@project.example.com", key_id: "k-1", private_key: PRIVATE_KEYS[algorithm] },
    typed: { email: "robot@project.example.com", key_id: "k-1", private_key: `\r\n${PRIVATE_KEYS[algorithm]}\r\n` },
    revokes: false,
  };
};

export const TYPED: readonly Case[] = [
  {
    what: "a key in a header, in a query and beside an open field",
    entry: {
      id: "key",
      name: "Key",
      fields: {
        api_key: { title: "API key", secret: true, pattern: "key-[a-z0-9]{4,20}", example: "key-1234abcd" },
        account: { title: "Account", example: "northwind" },
        note: { title: "Note", optional: true },
      },
      api_base_url: "https://api.key.any.example.com/v1/{account}",
      api: {
        stamp: { headers: { Authorization: "Key {api_key}", "X-Account": "{account}" }, query: { k: "{api_key}" } },
        headers: { "X-Version": "3", "X-Of": "account {account}" },
      },
      verify: { path: "/me", query: { deep: "1" } },
    },
    typed: { api_key: " key-1234abcd\u200b", account: "northwind" },
    lifetime: null,
    revokes: false,
  },
  {
    what: "a user name and a password",
    entry: {
      id: "basic",
      name: "Basic",
      fields: {
        client_id: { title: "User", example: "ada" },
        password: { title: "Password", secret: true, example: "pässword: 1" },
      },
      api_base_url: "https://basic.any.example.com/api",
      api: { stamp: { basic: { user: "{client_id}", password: "{password}" } } },
      verify: { path: "/me", method: "POST", body: { what: "me" } },
    },
    typed: { client_id: "ada", password: "pässword: 1" },
    lifetime: null,
    revokes: false,
  },
  {
    what: "client credentials",
    entry: {
      id: "fleet",
      name: "Fleet",
      fields: {
        tenant: { title: "Tenant", pattern: "[a-z0-9-]{1,40}", example: "northwind" },
        client_id: { title: "Client id", example: "fleet-1" },
        client_secret: { title: "Client secret", secret: true, example: "fleet secret:1" },
      },
      api_base_url: "https://{tenant}.fleet.any.example.com",
      api: { headers: { "X-Client": "client {client_id}" } },
      exchange: {
        endpoint: "https://{tenant}.fleet.any.example.com/oauth/token",
        basic: { user: "{client_id}", password: "{client_secret}" },
        parameters: { grant_type: "client_credentials", scope: "all" },
        headers: { "X-Tenant": "tenant {tenant}" },
      },
      verify: { path: "/me" },
      token_response: { expires_in: "valid_for" },
    },
    typed: { tenant: "northwind", client_id: "fleet-1", client_secret: "fleet secret:1" },
    revokes: false,
  },
  {
    what: "a login request in JSON",
    entry: {
      id: "login",
      name: "Login",
      fields: {
        email: { title: "Email", example: "ada@northwind.example" },
        password: { title: "Password", secret: true, example: "tidepool & 1" },
      },
      api_base_url: "https://login.any.example.com/rest",
      api: { stamp: { headers: { "X-Session": "{access_token}" } } },
      exchange: {
        endpoint: "https://login.any.example.com/rest/login",
        format: "json",
        parameters: { email: "{email}", password: "{password}", app: "latchkey" },
      },
      token_path: "result",
      token_response: { access_token: "session.token", expires_at: "session.ends_at" },
      token_details: { workspace: "result.workspace.id" },
      revocation: {
        endpoint: "https://login.any.example.com/rest/logout/{workspace}",
        method: "POST",
        authentication: "token",
        body: null,
        ends: "token",
      },
      verify: { path: "/me" },
    },
    typed: { email: "ada@northwind.example", password: "tidepool & 1" },
    revokes: true,
  },
  {
    what: "a login by GET, and a token without an end",
    entry: {
      id: "getlogin",
      name: "Get",
      fields: { key: { title: "Key", secret: true, example: "key 1&2" } },
      api_base_url: "https://getlogin.any.example.com",
      exchange: {
        endpoint: "https://getlogin.any.example.com/token",
        method: "GET",
        parameters: { key: "{key}" },
      },
      refresh: { default_lifetime: 900 },
      verify: { path: "/me" },
    },
    typed: { key: "key 1&2" },
    lifetime: 900,
    revokes: false,
  },
  {
    what: "a JWT under a shared secret",
    entry: {
      id: "jwt-hs256",
      name: "JWT HS256",
      fields: {
        key: { title: "Key id", example: "k-7" },
        secret: { title: "Secret", secret: true, example: "a shared secret" },
      },
      api_base_url: "https://api.jwt-hs256.any.example.com",
      exchange: {
        endpoint: "https://api.jwt-hs256.any.example.com/auth",
        format: "json",
        headers: { Authorization: "Assertion {assertion}" },
        parameters: { app: "latchkey" },
        assertion: { algorithm: "HS256", key: "{secret}", claims: { iss: "{key}" }, lifetime: 60 },
      },
      verify: { path: "/me" },
    },
    typed: { key: "k-7", secret: "a shared secret" },
    revokes: false,
  },
  jwt("RS256"),
  jwt("PS256"),
  jwt("ES256"),
];
