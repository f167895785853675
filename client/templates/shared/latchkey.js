/** All that this backend asks of Latchkey. The key stays in this process: a browser sees links and one-time codes alone. */
import { answered, createLatchkey, userHeader } from "latchkey-client";
import { verifyWebhook } from "latchkey-client/webhooks";

/** @param {string} name */
function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. It stands in .env: start this with npm start.`);
  return value;
}

const origin = setting("LATCHKEY_URL");
const key = setting("LATCHKEY_KEY");
const integration = setting("LATCHKEY_INTEGRATION");
const secret = setting("LATCHKEY_WEBHOOK_SECRET");
/** Where this backend is, as the app has it registered. */
export const here = setting("APP_URL");

const latchkey = createLatchkey({ origin, key });

/** A link for a user to connect an account with. They come back to /connected. @param {string} user */
export async function connectUrl(user) {
  const body = { user, integration, return_to: `${here}/connected` };
  return (await answered(latchkey.POST("/connect-sessions", { body }))).connect_url;
}

/**
 * Finishes what a user has begun. `user` is who is signed in here, and never a name out of the address.
 * @param {string} user
 * @param {string} connection_code
 */
export async function finish(user, connection_code) {
  await answered(latchkey.POST("/connections/finalize", { body: { user, connection_code } }));
}

/**
 * What the service's own API says, called as the user.
 * @param {string} user
 * @returns {Promise<string[] | null>} the names of their repositories; null where nothing is connected
 */
export async function repositories(user) {
  const headers = { Authorization: `Bearer ${key}`, "X-Latchkey-User": userHeader(user) };
  const answer = await fetch(`${origin}/proxy/${integration}/user/repos`, { headers });
  const error = answer.headers.get("X-Latchkey-Error");
  if (error === "not_connected" || error === "reauth_required") return null;
  if (!answer.ok) throw new Error(`${answer.status} ${error ?? "of the service"}: ${await answer.text()}`);
  /** @type {{ full_name: string }[]} */
  const list = await answer.json();
  return list.map(({ full_name }) => full_name);
}

/**
 * The event of a delivery that was proven to be Latchkey's.
 * @param {import("latchkey-client/webhooks").WebhookRequest} request its body as it came, byte for byte
 * @throws WebhookError for any other
 */
export const readEvent = (request) => verifyWebhook(secret, request);
