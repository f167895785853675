import { WebhookError } from "latchkey-client/webhooks";
import { note } from "../../acme.js";
import { readEvent } from "../../latchkey.js";

/** @param {Request} request */
export async function POST(request) {
  try {
    note(await readEvent({ headers: request.headers, body: await request.text() }));
    return new Response(null, { status: 204 });
  } catch (error) {
    if (error instanceof WebhookError) return new Response(error.code, { status: 400 });
    throw error;
  }
}
