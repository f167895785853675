/** What a provider says to a client's credentials, as far as that can be asked without a person. */
import { AppError } from "../errors.ts";
import { checkCallback } from "./authorization.ts";
import { namesIn } from "../contract/templates.ts";
import type { TokenEndpoint } from "./client.ts";
import { askAboutClient } from "./revocation.ts";
import { TokenRequestRefused } from "./token-answer.ts";
import { exchangeCode } from "./token-endpoint.ts";

/**
 * Asks the revocation endpoint, which looks at the client first, or else sends the token endpoint a code that cannot be
 * right: who refuses the code has accepted the client (RFC 6749 5.2), if not all look at them in that order.
 * @returns `unknown` where the provider does not tell the two apart, or does not answer
 */
export async function checkClient(
  endpoint: TokenEndpoint,
  redirect_uri: string,
): Promise<"accepted" | "refused" | "unknown"> {
  // There is no client, or where it is known is known for one connection at a time.
  const { fields, token_endpoint } = endpoint.provider;
  if (Object.keys(fields).length > 0 || namesIn(token_endpoint).length > 0) return "unknown";
  const answered = await askAboutClient(endpoint);
  if (answered !== "unknown") return answered;
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
