/** A client of an emulated service that follows the addresses its answers give, as SDKs do. */
import { env } from "cloudflare:workers";
import type { ServiceName } from "../../sandbox/clients.ts";
import { askEmulator } from "../../sandbox/world.ts";
import { PROVIDERS } from "./emulator.ts";
import { grantAt } from "./service-api.ts";

/** How a call is made beside its method and address. */
export interface Asked {
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request without a token, to an address that an answer gave. */
export function askAt(address: string, init: RequestInit = {}): Promise<Response> {
  return askEmulator(env.EMULATOR, new Request(address, { redirect: "manual", ...init }));
}

/** Calls with a token of an account that consented to some scopes; a path is one at the host. */
export async function clientOf(service: ServiceName, host: string, scopes: readonly string[], account = 0) {
  const { access_token } = await grantAt(service, scopes, account);
  const call = (method: string, at: string, { json, body, headers }: Asked = {}): Promise<Response> =>
    askAt(/^https?:/.test(at) ? at : `${PROVIDERS}/${service}/${host}${at}`, {
      method,
      headers: {
        Authorization: `Bearer ${access_token}`,
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
    });
  return {
    call,
    /** The answer's JSON, where the status is a good one. */
    json: async (method: string, at: string, asked?: Asked): Promise<unknown> => {
      const answer = await call(method, at, asked);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${text}`);
      const parsed: unknown = text === "" ? null : JSON.parse(text);
      return parsed;
    },
  };
}

/** A client of a service. */
export type Client = Awaited<ReturnType<typeof clientOf>>;
