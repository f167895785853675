/**
 * Pictures from elsewhere through our own origin: a page of ours loads nothing from anywhere else, and tells nobody it was
 * open.
 */
import { send } from "../oauth/transport.ts";
import { isPublicAddress } from "../contract/hosts.ts";
import type { World } from "../world.ts";

const PICTURE_BYTES = 1024 * 1024;
/** Pictures that cannot run anything. */
const PICTURE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

export interface Picture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly content_type: string;
}

/** Fetches a picture of at most 1 MiB; null where the answer is none. */
export async function readPicture(fetch: World["fetch"], request: Request): Promise<Picture | null> {
  const answer = await send(fetch, request, { bytes: PICTURE_BYTES });
  const content_type = answer.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  return answer.status === 200 && PICTURE_TYPES.includes(content_type) ? { bytes: answer.bytes, content_type } : null;
}

/** Whether a picture may be fetched from an address that somebody else has given: a public host, at its usual port. */
export const isPictureAddress = (address: string): boolean => isPublicAddress(address) && new URL(address).port === "";
