/** What the client takes for a delivery of Latchkey's, beside what the reference implementation of Standard Webhooks takes. */
import { verifyWebhook, WebhookError, type WebhookRequest } from "latchkey-client/webhooks";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  DELIVERIES,
  NO_EVENTS,
  NO_SECRETS,
  NO_TIMES,
  NOW,
  OTHER,
  SECRET,
  delivered,
  event,
  type Delivery,
} from "./webhook-deliveries.ts";

beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

/** Why it is not taken; null where it is. */
async function refusalOf(request: WebhookRequest, secret: string | readonly string[] = SECRET): Promise<string | null> {
  try {
    await verifyWebhook(secret, request);
    return null;
  } catch (error) {
    if (error instanceof WebhookError) return error.code;
    throw error;
  }
}

const isTakenByReference = ({ headers, body }: Delivery): boolean => {
  try {
    new Webhook(SECRET).verify(body, { ...headers });
    return true;
  } catch {
    return false;
  }
};

describe("a delivery", () => {
  it("is given as its event, with the id that is the same each time", async () => {
    expect(await verifyWebhook(SECRET, delivered())).toEqual({ id: "msg_1", ...event });
  });

  it.each(DELIVERIES)("%s is judged as the reference does", async (_, delivery, refusal) => {
    expect(await refusalOf(delivery)).toBe(refusal);
    expect(isTakenByReference(delivery)).toBe(refusal === null);
  });

  it.each(NO_TIMES)("at %j is refused", async (delivery) => {
    expect(await refusalOf(delivery)).toMatch(/^(?:wrong_time|missing_header)$/);
  });

  it.each(NO_EVENTS)("that is signed and has %s is no event", async (_, delivery) => {
    expect(await refusalOf(delivery)).toBe("wrong_body");
  });

  it("of a type that a later Latchkey has added is given as it is", async () => {
    const body = JSON.stringify({ ...event, type: "connection.moved" });
    expect(await verifyWebhook(SECRET, delivered({ body }))).toMatchObject({ type: "connection.moved" });
  });
});

describe("what a server has of a request", () => {
  const { headers, body } = delivered();

  it.each<[string, WebhookRequest]>([
    ["Headers", { headers: new Headers(headers), body }],
    ["bytes", { headers, body: new TextEncoder().encode(body) }],
    ["a Buffer that is part of a larger one", { headers, body: Buffer.from(`__${body}__`).subarray(2, -2) }],
    ["an ArrayBuffer", { headers, body: new TextEncoder().encode(body).buffer }],
  ])("may be %s", async (_, request) => {
    expect(await refusalOf(request)).toBeNull();
  });

  it("is no delivery where a header stands there twice", async () => {
    const twice = { ...headers, "webhook-id": ["msg_1", "msg_1"] };
    expect(await refusalOf({ headers: twice, body })).toBe("missing_header");
  });
});

describe("a secret", () => {
  it("may be one of several, while one takes the other's place", async () => {
    for (const secret of [SECRET, OTHER]) expect(await refusalOf(delivered({ secret }), [OTHER, SECRET])).toBeNull();
    expect(await refusalOf(delivered(), [OTHER])).toBe("wrong_signature");
    expect(await refusalOf(delivered(), [])).toBe("wrong_signature");
  });

  it.each(NO_SECRETS)("that is none (%j) is a mistake, and proves nothing", async (secret) => {
    await expect(verifyWebhook(secret, delivered())).rejects.toThrow(TypeError);
  });
});
