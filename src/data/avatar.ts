/** The account's picture. */
import type { Account } from "../api.ts";
import { AppError } from "../errors.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import type { Provider } from "../contract/provider.ts";
import { isPictureAddress, readPicture, type Picture } from "./picture.ts";
import { apiOf, apiUrl, type ReadableToken } from "./provider-api.ts";

/**
 * Fetches the picture; with the token only where the provider's own API has it.
 * @throws AppError `not_found` where there is none or it is not a picture
 */
export async function readAvatar(
  endpoint: TokenEndpoint,
  token: ReadableToken,
  account: Account | null,
): Promise<Picture> {
  const { provider, fetch, stamped } = apiOf(endpoint, token);
  const request = provider.api.avatar_path
    ? new Request(apiUrl(provider, provider.api.avatar_path), { headers: stamped.headers })
    : account?.avatar_url && mayFetch(provider, account.avatar_url)
      ? new Request(account.avatar_url)
      : null;
  const picture = request && (await readPicture(fetch, request));
  if (!picture) throw noPicture();
  return picture;
}

/** Names our own address for a picture that only the token can fetch, so that the account has one to show. */
export function withAvatar(account: Account, provider: Provider, integration: string, origin: string): Account {
  if (provider.api.avatar_path === null) return account;
  return { ...account, avatar_url: `${origin}/integrations/${integration}/avatar` };
}

/** The address is the provider's word, and at some the user's: only the public network and the provider itself are asked. */
function mayFetch(provider: Provider, address: string): boolean {
  if (!URL.canParse(address)) return false;
  return isPictureAddress(address) || new URL(address).origin === new URL(provider.api.base_url).origin;
}

function noPicture(): AppError {
  return new AppError("not_found", "This account has no picture. Show its initials instead.");
}
