import { decodeBase64 } from "@oslojs/encoding";
import { sandboxClient } from "../clients.ts";
import { type Call, jsonBody, mediaType, singleValued } from "../http.ts";
import type { Refusal, Service } from "../service.ts";

/** The parameters of a token, revocation or introspection request. */
export type Params = Readonly<Record<string, string>>;

/** Whether something is a refusal rather than a result. */
export function isRefusal(value: object): value is Refusal {
  return "reason" in value && "code" in value;
}

/** Shorthand for a refusal. */
export function refusal(code: Refusal["code"], reason: Refusal["reason"], text: string): Refusal {
  return { code, reason, text };
}

/** Reads the parameters of a request in the encoding the service insists on. */
export function readParams(call: Call, service: Service): { params: Params } | Refusal {
  const isQuery = call.method === "GET" || call.method === "DELETE";
  const isJson = service.oauth.tokenBody === "json";
  if (!isQuery && mediaType(call) !== (isJson ? "application/json" : "application/x-www-form-urlencoded")) {
    return refusal("invalid_request", "bad_media_type", "The content type is not the one this endpoint takes.");
  }
  const given = isQuery ? call.query : new URLSearchParams(call.text);
  const params = !isQuery && isJson ? readJson(call) : singleValued(given);
  return params === undefined ? refusal("invalid_request", "malformed", "The request is malformed.") : { params };
}

function readJson(call: Call): Params | undefined {
  const body = jsonBody(call);
  if (body === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Authenticates the client by exactly one of the methods the service takes. */
export function authenticate(call: Call, service: Service, params: Params): { publicClient: boolean } | Refusal {
  const methods = service.oauth.clientAuth;
  const client = sandboxClient(service.name);
  const wrongMethod = refusal(
    "invalid_client",
    "wrong_auth_method",
    "The client authenticated in a way not taken here.",
  );
  const basic = basicCredentials(call);

  if (basic !== undefined) {
    if (!methods.includes("basic")) return wrongMethod;
    if (params["client_secret"] !== undefined) return wrongMethod;
    if (params["client_id"] !== undefined && params["client_id"] !== basic.id) return wrongMethod;
    return checkSecret(client, basic.id, basic.secret);
  }
  if (params["client_secret"] !== undefined) {
    if (!methods.includes("body")) return wrongMethod;
    return checkSecret(client, params["client_id"], params["client_secret"]);
  }
  if (!methods.includes("public")) return wrongMethod;
  if (params["client_id"] !== client.client_id) return refusal("invalid_client", "unknown_client", "No such client.");
  return { publicClient: true };
}

function checkSecret(
  client: { client_id: string; client_secret: string },
  id: string | undefined,
  secret: string,
): { publicClient: boolean } | Refusal {
  if (id !== client.client_id) return refusal("invalid_client", "unknown_client", "No such client.");
  if (secret !== client.client_secret) return refusal("invalid_client", "bad_secret", "The client secret is wrong.");
  return { publicClient: false };
}

/**
 * Id and secret of a Basic header, as they were sent. RFC 6749 section 2.3.1 has them form-encoded, and servers differ in
 * whether they undo that: none of the nine says that it does, and their own clients send both as they are.
 */
function basicCredentials(call: Call): { id: string; secret: string } | undefined {
  const header = call.headers.get("authorization");
  if (header === null) return undefined;
  const nobody = { id: "", secret: "" };
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(header)?.[1];
  if (encoded === undefined) return nobody;
  try {
    const text = new TextDecoder().decode(decodeBase64(encoded));
    const colon = text.indexOf(":");
    return colon < 0 ? nobody : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
  } catch {
    return nobody;
  }
}
