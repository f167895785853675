/** What a provider says to a client's credentials, as far as that can be asked without a person. */
import { AppError } from "../errors.ts";
import { checkCallback } from "./authorization.ts";
import type { TokenEndpoint } from "./client.ts";
import { TokenRequestRefused } from "./token-answer.ts";
import { exchangeCode } from "./token-endpoint.ts";

/**
 * Sends the token endpoint a code that cannot be right: who refuses the code has accepted the client (RFC 6749 5.2).
 * @returns `unknown` where the provider does not tell the two apart, or does not answer
 */
export async function checkClient(
  endpoint: TokenEndpoint,
  redirect_uri: string,
): Promise<"accepted" | "refused" | "unknown"> {
  const callback = { state: "none", code: "latchkey-checks-the-client", error: null, iss: endpoint.provider.issuer };
  const checked = checkCallback(endpoint.provider, endpoint.client.client_id, callback);
  const verifier = endpoint.provider.code_challenge_method === null ? null : "latchkey".repeat(6);
  try {
    await exchangeCode(endpoint, checked, redirect_uri, verifier);
    return "unknown";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const meaning = error instanceof TokenRequestRefused ? error.meaning : "unknown";
    if (meaning === "client_refused") return "refused";
    return meaning === "grant_refused" ? "accepted" : "unknown";
  }
}
