/** What is asked of a service once, when an account has been connected: where its things are, and what they are called. */
import { readDetails } from "../contract/reading.ts";
import { Unfillable, fillIn } from "../contract/templates.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { RECORD_BYTES, Refused, TokenRejected, apiOf, callApi, invalidAnswer } from "./provider-api.ts";

/**
 * The tokens with all details that the service's addresses need.
 * @throws AppError `invalid_provider_response` where one is not told, or is none that may stand there; `request_refused`; 502 to 504
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
    if (error instanceof Unfillable) throw invalidAnswer(provider.name, error);
    // What was given out a moment ago cannot have run out: it is not allowed to ask this.
    throw error instanceof TokenRejected ? new Refused(provider.name) : error;
  }
  return { ...tokens, details };
}
