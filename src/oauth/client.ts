/** A client and its provider, in the terms of oauth4webapi. */
import * as oauth from "oauth4webapi";
import type { ClientCredentials, ClientKey } from "../config.ts";
import { ALGORITHMS } from "./jws.ts";
import type { Provider } from "../contract/provider.ts";
import { basic } from "../contract/stamp.ts";
import type { World } from "../world.ts";

/** A client at a provider's endpoints, over a given network. */
export interface TokenEndpoint {
  readonly provider: Provider;
  readonly client: ClientCredentials;
  /** Of this deployment, where the client shows by it who it is. */
  readonly client_key?: ClientKey;
  readonly fetch: World["fetch"];
}

/** The server and client as oauth4webapi names them. */
export function toServer(provider: Provider): oauth.AuthorizationServer {
  return {
    // RFC 8414 requires one; a provider without an issuer of its own is told apart by where its tokens come from.
    issuer: provider.issuer ?? provider.token_endpoint,
    authorization_endpoint: provider.authorization_endpoint,
    token_endpoint: provider.token_endpoint,
    ...(provider.pushed_authorization_request_endpoint
      ? { pushed_authorization_request_endpoint: provider.pushed_authorization_request_endpoint }
      : {}),
    ...(provider.introspection_endpoint ? { introspection_endpoint: provider.introspection_endpoint } : {}),
  };
}

/** How the client shows who it is (RFC 6749 2.3.1, RFC 7523 2.2). */
export async function clientAuthentication({ provider, client, client_key }: TokenEndpoint): Promise<oauth.ClientAuth> {
  if (provider.token_endpoint_auth_method === "private_key_jwt") {
    if (!client_key) throw new TypeError(`${provider.id} is asked without a client key`);
    const { kid, ...jwk } = client_key;
    return oauth.PrivateKeyJwt({
      kid,
      key: await crypto.subtle.importKey("jwk", jwk, ALGORITHMS.ES256, false, ["sign"]),
    });
  }
  if (client.client_secret === null) return oauth.None();
  switch (provider.token_endpoint_auth_method) {
    case "client_secret_basic":
      return clientSecretBasic(provider, client.client_secret);
    case "client_secret_post":
      return oauth.ClientSecretPost(client.client_secret);
    case "none":
      return oauth.None();
  }
}

/**
 * HTTP Basic with the client's id and secret (RFC 6749 2.3.1), form-encoded as RFC 6749 appendix B has it, or as they are.
 * Form-encoding leaves `A-Za-z0-9*-._` alone, so that servers which undo it and those which do not read most ids alike.
 */
export function clientSecretBasic(provider: Provider, client_secret: string): oauth.ClientAuth {
  const encode = provider.client_secret_basic_encoding === "form" ? formEncode : (part: string) => part;
  return (_, { client_id }, __, headers) => {
    const [user, password] =
      provider.client_secret_basic_user === "client_id" ? [client_id, client_secret] : [client_secret, ""];
    headers.set("Authorization", basic(encode(user), encode(password)));
  };
}

/** One value as a form has it (WHATWG URL, application/x-www-form-urlencoded). */
const formEncode = (value: string): string => new URLSearchParams([["", value]]).toString().slice(1);
