/** What is asked of a service once, when an account has been connected: where its things are, and what they are called. */
import { readDetails } from "../contract/reading.ts";
import { Unfillable, fillIn } from "../contract/templates.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { RECORD_BYTES, apiOf, callApi, invalidAnswer } from "./provider-api.ts";

/**
 * The tokens with all details that the service's addresses need.
 * @throws AppError `invalid_provider_response` where one is not told, or is none that may stand there; 502 to 504; TokenRejected
 */
export async function withDetails(endpoint: TokenEndpoint, tokens: TokenSet): Promise<TokenSet> {
  const { provider } = endpoint;
  let { details } = tokens;
  try {
    if (provider.after_connect) {
      const { details: wanted, ...request } =
        fillIn(provider, details, "known").after_connect ?? provider.after_connect;
      const { body } = await callApi(apiOf(endpoint, tokens, "known"), request, RECORD_BYTES);
      details = { ...details, ...readDetails(wanted, body) };
    }
    fillIn(provider, details);
  } catch (error) {
    throw error instanceof Unfillable ? invalidAnswer(provider.name, error) : error;
  }
  return { ...tokens, details };
}
