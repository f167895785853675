/**
 * Five services that `npm start` shows beside the nine: one of each kind that is no plain OAuth. Their demo values open nothing
 * but this emulator.
 */
import type { CustomProviderEntry } from "../../src/contract/entry.ts";

const HELLO = "In the sandbox";

/** @param origin of the sandbox, where a browser is sent */
export function exampleServices(origin: string): readonly CustomProviderEntry[] {
  return [
    {
      id: "sandbox-key",
      name: "Parcels (API key)",
      category: "Sandbox",
      fields: {
        api_key: {
          title: "API key",
          description: `${HELLO} the key pk_demo_parcels_1 works, and every other is refused.`,
          example: "pk_demo_parcels_1",
          secret: true,
          pattern: "pk_[a-z0-9_]{6,60}",
        },
      },
      api_base_url: "https://api.sandbox-key.any.example.com/v1",
      api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } },
      verify: { path: "/account" },
    },
    {
      id: "sandbox-basic",
      name: "Ledger (user and password)",
      category: "Sandbox",
      fields: {
        user: {
          title: "User name",
          description: `${HELLO} this is ada.`,
          example: "ada",
        },
        password: {
          title: "Password",
          description: `${HELLO} the password of ada is correct horse, and every other is refused.`,
          example: "correct horse",
          secret: true,
        },
      },
      api_base_url: "https://sandbox-basic.any.example.com/api",
      api: { stamp: { basic: { user: "{user}", password: "{password}" } } },
      verify: { path: "/me" },
    },
    {
      id: "sandbox-client",
      name: "Fleet (client credentials)",
      category: "Sandbox",
      fields: {
        client_id: { title: "Client id", description: `${HELLO} this is demo-fleet.`, example: "demo-fleet" },
        client_secret: {
          title: "Client secret",
          description: `${HELLO} the secret of demo-fleet is demo-fleet-secret, and every other is refused.`,
          example: "demo-fleet-secret",
          secret: true,
        },
      },
      api_base_url: "https://api.sandbox-client.any.example.com",
      exchange: {
        endpoint: "https://login.sandbox-client.any.example.com/oauth/token",
        basic: { user: "{client_id}", password: "{client_secret}" },
        parameters: { grant_type: "client_credentials" },
      },
      verify: { path: "/whoami" },
    },
    {
      id: "sandbox-login",
      name: "Warehouse (login request)",
      category: "Sandbox",
      fields: {
        email: {
          title: "Email",
          description: `${HELLO} this is ada@northwind.example.`,
          example: "ada@northwind.example",
        },
        password: {
          title: "Password",
          description: `${HELLO} the password of ada@northwind.example is tidepool, and every other is refused.`,
          example: "tidepool",
          secret: true,
        },
      },
      api_base_url: "https://sandbox-login.any.example.com/rest",
      api: { stamp: { headers: { "X-Session": "{access_token}" } } },
      exchange: {
        endpoint: "https://sandbox-login.any.example.com/rest/login",
        format: "json",
        parameters: { email: "{email}", password: "{password}" },
      },
      token_response: { access_token: "session.token", expires_at: "session.ends_at" },
      verify: { path: "/session/user" },
    },
    {
      id: "sandbox-host",
      name: "Helpdesk (at your subdomain)",
      category: "Sandbox",
      fields: {
        subdomain: {
          title: "Subdomain",
          description: `${HELLO} every name works, northwind for example; each is a helpdesk of its own.`,
          example: "northwind",
          pattern: "[a-z0-9][a-z0-9-]{0,40}",
          suffix: ".sandbox-host.any.example.com",
        },
      },
      authorization_endpoint: `${origin}/any/sandbox-host/{subdomain}.sandbox-host.any.example.com/oauth/authorize`,
      token_endpoint: "https://{subdomain}.sandbox-host.any.example.com/oauth/token",
      revocation_endpoint: "https://{subdomain}.sandbox-host.any.example.com/oauth/revoke",
      api_base_url: "https://{subdomain}.sandbox-host.any.example.com/api/v2",
      verify: { path: "/users/me" },
      scopes: ["tickets:read", "tickets:write"],
      client_id: "sandbox-host-client",
      client_secret: "sandbox-host-secret-opens-nothing",
    },
  ];
}
