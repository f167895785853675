/**
 * Services that ask people for something: Vaultdesk for a key, Pairdesk for a user name and password, Longdesk for one of each
 * kind of field, and Northdesk for a workspace before its own consent.
 */
import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { portOf } from "./port.ts";

export interface AskingServices {
  readonly origin: string;
  /** Entries of CUSTOM_PROVIDERS. */
  readonly entries: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[];
  /** The keys that Vaultdesk takes, with whose they are. */
  readonly keys: Map<string, string>;
  /** How Vaultdesk is: `down` answers 503, `slow` takes a while. */
  mood: "well" | "down" | "slow";
  readonly stop: () => void;
}

/** A key of several lines, as Longdesk's people have one. */
export const PEM = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
export const PAIR = { username: "ann@acme.example", password: "correct horse" };
const SLOW_MS = 1500;

const basicOf = ({ headers }: IncomingMessage): string[] => {
  const text = Buffer.from(headers.authorization?.replace(/^Basic /, "") ?? "", "base64").toString("utf8");
  return [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
};

export async function startAskingServices(): Promise<AskingServices> {
  const keys = new Map<string, string>();
  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };
  const whoever = (response: ServerResponse, name: string | undefined): void =>
    name === undefined
      ? json(response, 401, { error: "unauthorized" })
      : json(response, 200, { id: name.toLowerCase(), name });

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://service.invalid");
    if (url.pathname === "/vault/me") {
      const answer = () => whoever(response, keys.get(String(request.headers["x-api-key"])));
      if (services.mood === "down") json(response, 503, { error: "unavailable" });
      else if (services.mood === "slow") setTimeout(answer, SLOW_MS);
      else answer();
    } else if (url.pathname === "/pair/me") {
      const [user, password] = basicOf(request);
      whoever(response, user === PAIR.username && password === PAIR.password ? "Ann" : undefined);
    } else if (url.pathname === "/long/eu/2026-01/token") {
      json(response, 200, { access_token: "long-token", token_type: "bearer", expires_in: 3600 });
    } else if (url.pathname === "/long/me") {
      whoever(response, request.headers.authorization === "Bearer long-token" ? "Robot" : undefined);
    } else if (url.pathname === "/north/acme/authorize") {
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("state", url.searchParams.get("state") ?? "");
      back.searchParams.set("code", "a-code");
      const link = back.href.replaceAll("&", "&amp;");
      response
        .writeHead(200, { "Content-Type": "text/html", "Referrer-Policy": "no-referrer" })
        .end(`<!doctype html><title>Northdesk</title><h1>Northdesk asks</h1><a href="${link}">Allow</a>`);
    } else if (url.pathname === "/north/acme/token") {
      json(response, 200, { access_token: "north-token", token_type: "bearer" });
    } else if (url.pathname === "/north/acme/me") {
      whoever(response, request.headers.authorization === "Bearer north-token" ? "Nora" : undefined);
    } else json(response, 404, { error: "not_found" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${portOf(server)}`;
  const services: AskingServices = {
    origin,
    entries: entriesAt(origin),
    keys,
    mood: "well",
    stop: () => server.close(),
  };
  return services;
}

const entriesAt = (origin: string): AskingServices["entries"] => [
  {
    id: "vaultdesk",
    name: "Vaultdesk",
    fields: {
      api_key: {
        title: "API key",
        description: "A key of your own, with the right to read.",
        secret: true,
        pattern: "vd_[a-z0-9]{16}",
        example: "vd_0123456789abcdef",
        help: "https://example.com/keys",
      },
    },
    api_base_url: `${origin}/vault`,
    api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } },
    verify: { path: "/me" },
  },
  {
    id: "pairdesk",
    name: "Pairdesk",
    fields: { username: { title: "User name" }, password: { title: "Password", secret: true } },
    api_base_url: `${origin}/pair`,
    api: { stamp: { basic: { user: "{username}", password: "{password}" } } },
    verify: { path: "/me" },
  },
  {
    id: "longdesk",
    name: "Longdesk",
    fields: {
      region: { title: "Region", choices: ["us", "eu"] },
      tier: { title: "Tier", choices: ["free", "paid"], default: "paid" },
      note: { title: "Note", optional: true, description: "For yourself." },
      version: { title: "Version", default: "2026-01", pattern: "\\d{4}-\\d{2}" },
      private_key: { title: "Private key", secret: true, multiline: true },
    },
    api_base_url: `${origin}/long`,
    exchange: {
      endpoint: `${origin}/long/{region}/{version}/token`,
      parameters: { assertion: "{assertion}" },
      assertion: { algorithm: "RS256", key: "{private_key}", claims: { iss: "robot" }, lifetime: 60 },
    },
    verify: { path: "/me" },
  },
  {
    id: "northdesk",
    name: "Northdesk",
    fields: {
      workspace: { title: "Workspace", pattern: "[a-z0-9-]+", example: "acme", suffix: ".northdesk.example" },
    },
    authorization_endpoint: `${origin}/north/{workspace}/authorize`,
    token_endpoint: `${origin}/north/{workspace}/token`,
    api_base_url: `${origin}/north/{workspace}`,
    scopes: ["read"],
    verify: { path: "/me" },
    client_id: "north-client",
    client_secret: "north-secret",
  },
];
