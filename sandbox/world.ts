/** The sandbox's World: the same nine declarations, their URLs moved to the emulator, which is asked in process. */
import { clientVariables } from "../src/config.ts";
import { builtInProviders } from "../src/providers/index.ts";
import type { ProfileRequest, Provider } from "../src/contract/provider.ts";
import type { World } from "../src/world.ts";
import { playedAddress } from "./any/any-service.ts";
import { exampleServices } from "./any/examples.ts";
import { SERVICES, sandboxClient } from "./emulator.ts";
import type { Emulator } from "./emulator.ts";

/** Calls the emulator's object of the service that a URL at the sandbox's origin names. */
export function askEmulator(emulators: DurableObjectNamespace<Emulator>, request: Request): Promise<Response> {
  const [, service = "", id = ""] = new URL(request.url).pathname.split("/");
  return emulators.getByName(service === "any" ? `any/${id}` : service).fetch(request);
}

/** `https://HOST/PATH` of a service as the sandbox serves it: `{origin}/{service}/HOST/PATH`. */
function moved(provider: Provider, origin: string): Provider {
  const move = (url: string): string => url.replace(/^https:\/\//, `${origin}/${provider.id}/`);
  const moveRequest = (request: ProfileRequest | null): ProfileRequest | null =>
    request === null || request === "introspection" ? request : { ...request, path: move(request.path) };
  const { issuer, revocation, introspection_endpoint, profile, api } = provider;
  return {
    ...provider,
    issuer: issuer && move(issuer),
    authorization_endpoint: move(provider.authorization_endpoint),
    token_endpoint: move(provider.token_endpoint),
    introspection_endpoint: introspection_endpoint && move(introspection_endpoint),
    revocation: revocation && { ...revocation, endpoint: move(revocation.endpoint) },
    api: {
      ...api,
      base_url: move(api.base_url),
      hosts: Object.fromEntries(Object.entries(api.hosts).map(([host, base]) => [host, move(base)])),
    },
    profile: profile && {
      ...profile,
      requests: Object.fromEntries(
        Object.entries(profile.requests).map(([name, request]) => [
          name,
          (found) => moveRequest(typeof request === "function" ? request(found) : request),
        ]),
      ),
    },
  };
}

/** Names that are nobody's (RFC 2606, RFC 6761): no network has to be asked whether they are reached. */
const NOBODYS = /(?:^|\.)(?:example(?:\.com|\.net|\.org)?|invalid|test)$/;

/** The played service that has every host which is no other's. */
let everywhere: string | null = null;

/** Has a played service be reached at every host: the entry of a real service is run as it stands. @param id null: none is */
export function playEverywhere(id: string | null): void {
  everywhere = id;
}

/** Everything the real world has, emulated at `origin`; any other address is reached over the real network. */
export function sandboxWorld(env: SandboxEnv): World {
  const origin = env.SANDBOX_ORIGIN;
  const clients = SERVICES.flatMap((service) => {
    const { client_id, client_secret } = sandboxClient(service);
    const [idName, secretName] = clientVariables(service);
    return [
      [idName, client_id],
      [secretName, client_secret],
    ];
  });
  return {
    providers: builtInProviders.map((provider) => moved(provider, origin)),
    fetch: async (input, outgoing) => {
      const request = new Request(input, outgoing);
      const asked = new URL(request.url);
      if (asked.origin === origin) return askEmulator(env.EMULATOR, request);
      const played = playedAddress(origin, asked);
      if (played !== undefined) return askEmulator(env.EMULATOR, new Request(played, request));
      if (everywhere !== null) {
        const place = `${origin}/any/${everywhere}/${asked.host}${asked.pathname}${asked.search}`;
        return askEmulator(env.EMULATOR, new Request(place, request));
      }
      if (NOBODYS.test(asked.hostname)) throw new TypeError(`There is no host ${asked.hostname}.`);
      return fetch(request);
    },
    defaults: {
      ...Object.fromEntries(clients),
      ...(env.SANDBOX_EXAMPLES === "yes" ? { CUSTOM_PROVIDERS: JSON.stringify(exampleServices(origin)) } : {}),
    },
    // Whoever tries something wants to see it at once.
    gather_ms: 0,
  };
}
