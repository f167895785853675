/** The account's picture through our own origin: the page loads nothing from anywhere else, and tells nobody it was open. */
import type { Account } from "../api.ts";
import { AppError } from "../errors.ts";
import { send } from "../oauth/transport.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { isPublicHost } from "../providers/custom.ts";
import type { Provider } from "../providers/provider.ts";
import { apiUrl } from "./provider-api.ts";

const PICTURE_BYTES = 1024 * 1024;
/** Pictures that cannot run anything. */
const PICTURE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/**
 * Fetches the picture; with the token only where the provider's own API has it.
 * @throws AppError `not_found` where there is none or it is not a picture
 */
export async function readAvatar(
  { provider, fetch }: TokenEndpoint,
  access_token: string,
  account: Account | null,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; content_type: string }> {
  const request = provider.api.avatar_path
    ? new Request(apiUrl(provider, provider.api.avatar_path), { headers: { Authorization: `Bearer ${access_token}` } })
    : account?.avatar_url && mayFetch(provider, account.avatar_url)
      ? new Request(account.avatar_url)
      : null;
  if (!request) throw noPicture();
  const answer = await send(fetch, request, { bytes: PICTURE_BYTES });
  const content_type = answer.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (answer.status !== 200 || !PICTURE_TYPES.includes(content_type)) throw noPicture();
  return { bytes: answer.bytes, content_type };
}

/** Names our own address for a picture that only the token can fetch, so that the account has one to show. */
export function withAvatar(account: Account, provider: Provider, integration: string, origin: string): Account {
  if (provider.api.avatar_path === null) return account;
  return { ...account, avatar_url: `${origin}/integrations/${integration}/avatar` };
}

/** The address is the provider's word, and at some the user's: only the public network and the provider itself are asked. */
function mayFetch(provider: Provider, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const isPublic = url.protocol === "https:" && isPublicHost(url.hostname) && url.port === "";
  return isPublic || url.origin === new URL(provider.api.base_url).origin;
}

function noPicture(): AppError {
  return new AppError("not_found", "This account has no picture. Show its initials instead.");
}
