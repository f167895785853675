import type { OpenContext } from "../routes.ts";
import type { Service } from "../service.ts";
import type { Token } from "../store.ts";
import { authenticate, isRefusal, type Params, readParams } from "./client-auth.ts";

/** The parameters of a request whose client has proved itself, or the answer which refuses it. */
export function clientRequest(service: Service, { call }: OpenContext): { params: Params } | Response {
  const read = readParams(call, service);
  if (isRefusal(read)) return service.oauth.refuse(call, read);
  const client = authenticate(call, service, read.params);
  return isRefusal(client) ? service.oauth.refuse(call, client) : read;
}

/** The token a revocation or introspection names, if it is one of this service's which still works. */
export function liveToken({ store, call }: OpenContext, value: string | undefined): Token | undefined {
  const token = store.token(value ?? "");
  if (token === undefined || token.revoked || store.grant(token.grantId)?.revoked !== false) return undefined;
  return token.expiresAt !== null && token.expiresAt <= call.now ? undefined : token;
}
