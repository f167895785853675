/** What people type is the credential of some services: those are asked before anything is stored. */
import type { Account } from "../api.ts";
import type { Inputs } from "../contract/inputs.ts";
import type { Provider } from "../contract/provider.ts";
import { fillIn } from "../contract/templates.ts";
import { AppError } from "../errors.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { exchangeFields } from "../oauth/fields-exchange.ts";
import { TokenRequestRefused } from "../oauth/token-answer.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { withDetails } from "./after-connect.ts";
import { readProfile } from "./profile.ts";
import { Refused, TokenRejected } from "./provider-api.ts";

/**
 * Has the service verify what was typed, and reads whose account it is; null where the service tells of none.
 * @throws AppError `fields_refused` where it does not take it; 502 to 504 where it cannot be asked
 */
export async function verifyInputs(
  endpoint: TokenEndpoint,
  { details, fields }: Inputs,
): Promise<{ readonly tokens: TokenSet; readonly account: Account | null }> {
  const { provider } = endpoint;
  const here = { ...endpoint, provider: fillIn(provider, details, "known") };
  const nothing = { access_token: "", refresh_token: null, expires_at: null, scopes: [], details, fields };
  try {
    const fetched = provider.exchange ? await exchangeFields(here, { details, fields }) : nothing;
    const tokens = await withDetails(endpoint, fetched);
    const account = provider.profile ? (await readProfile(endpoint, tokens)).account : null;
    return { tokens, account };
  } catch (error) {
    throw isRefusal(error) ? refused(provider) : error;
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof TokenRejected ||
  error instanceof Refused ||
  (error instanceof TokenRequestRefused && !["rate_limited", "unavailable"].includes(error.meaning));

/** Names the fields to look at: the secret ones, and where they were sent. */
function refused({ name, fields }: Provider): AppError {
  const asked = Object.entries(fields);
  const secret = asked.filter(([, field]) => field.secret);
  const [first] = secret.length > 0 ? secret : asked;
  const titles = asked.map(([, { title }]) => title).join(", ");
  return new AppError("fields_refused", `${name} does not accept this. Look again at: ${titles}. Nothing was stored.`, {
    param: `fields.${first?.[0] ?? ""}`,
  });
}
