/** What the page does with passkeys, with an authenticator of the test's own. */
import * as z from "zod";
import { Passkey, PasskeyOptions, PasskeyRequest, Passkeys } from "../../src/api-passkeys.ts";
import type { Authenticator, Lies } from "./authenticator.ts";
import { APP, type Visitor } from "./visitor.ts";

export const FROM_PAGE = {
  "X-CSRF": "1",
  Origin: APP,
  "Sec-Fetch-Site": "same-origin",
  "Content-Type": "application/json",
} as const;

/** What the page's script posts. */
export const post = (visitor: Visitor, path: string, body?: unknown): Promise<Response> =>
  visitor.fetch(path, {
    method: "POST",
    headers: FROM_PAGE,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function readOk<T>(response: Response, schema: z.core.$ZodType<T>): Promise<T> {
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return z.parse(schema, await response.json());
}

export const optionsFor = async (visitor: Visitor): Promise<PasskeyOptions> =>
  readOk(await post(visitor, "/passkeys/options"), PasskeyOptions);

export const signInOptions = async (visitor: Visitor): Promise<PasskeyRequest> =>
  readOk(await post(visitor, "/passkeys/sign-in/options"), PasskeyRequest);

/** Has the visitor's page add a passkey. @param confirming one that is there already */
export async function tryToAdd(
  visitor: Visitor,
  device: Authenticator,
  { confirming, lies = {}, name = "My device" }: { confirming?: Authenticator; lies?: Lies; name?: string } = {},
): Promise<Response> {
  const { create, confirm } = await optionsFor(visitor);
  const confirmation = confirming && confirm ? { confirmation: await confirming.get(confirm) } : {};
  return post(visitor, "/passkeys", { name, credential: await device.create(create, lies), ...confirmation });
}

export const addPasskey = async (...given: Parameters<typeof tryToAdd>): Promise<Passkey> =>
  readOk(await tryToAdd(...given), Passkey);

export const passkeysOf = async (visitor: Visitor): Promise<Passkey[]> =>
  (await visitor.json("/passkeys", Passkeys)).passkeys;

/** Has the visitor's page sign in. */
export async function signIn(visitor: Visitor, device: Authenticator, lies: Lies = {}, more = {}): Promise<Response> {
  const credential = await device.get(await signInOptions(visitor), lies);
  return post(visitor, "/passkeys/sign-in", { credential, ...more });
}
