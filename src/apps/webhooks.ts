/** Telling an app what happened to its connections, signed as Standard Webhooks has it (standardwebhooks.com). */
import { EventBody, type DeliveredEvent } from "../api-events.ts";
import type { Names } from "../connections/names.ts";
import type { Attempt, DueEvent, EventLine } from "../connections/vault/outbox.ts";
import type { Owner } from "../connections/vault/owner.ts";
import type { Vaults } from "../connections/vaults.ts";
import { AppError, invalidField } from "../errors.ts";
import { retryAfterSeconds } from "../oauth/retry-after.ts";
import { BrokenAnswer, send, type Answer } from "../oauth/transport.ts";
import { isLoopback, isPublicHost } from "../contract/hosts.ts";
import type { World } from "../world.ts";
import type { Apps } from "./apps.ts";
import type { EventIndex } from "./event-index.ts";
import { noSuchWebhook, type StoredWebhook } from "./webhook-list.ts";

const SECRET_PREFIX = "whsec_";
/** Its status is all that is looked at. */
const ANSWER_BYTES = 0;

export class Webhooks {
  readonly #apps: Apps;
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #events: EventIndex;
  readonly #fetch: World["fetch"];

  constructor(apps: Apps, vaults: Vaults, names: Names, events: EventIndex, fetch: World["fetch"]) {
    this.#apps = apps;
    this.#vaults = vaults;
    this.#names = names;
    this.#events = events;
    this.#fetch = fetch;
  }

  /** Makes one attempt at each webhook whose turn it is, and notes how they went; the vault asks for the next. */
  async deliver({ app, user }: Owner, { event, to }: DueEvent): Promise<void> {
    const all = await this.#apps.webhooks(app);
    const names = to ?? all.filter((webhook) => asksFor(webhook, event)).map(({ name }) => name);
    const attempts = await Promise.all(
      names.map(async (name) => {
        const webhook = all.find((one) => one.name === name);
        const number = (event.deliveries.find((delivery) => delivery.webhook === name)?.attempts ?? 0) + 1;
        return { webhook: name, number, ...(webhook ? await this.#attempt(webhook, event) : NOBODY) };
      }),
    );
    const settled = await this.#vaults.call(await this.#names.vault(app, user), async (vault) =>
      vault.settleEvent(event.id, attempts),
    );
    if (settled) await this.list({ app, user }, settled);
  }

  /** Writes how an event stands into the list; where that fails, the vault asks for it again. @throws AppError `index_unavailable` */
  async list({ app, user }: Pick<Owner, "app" | "user">, line: EventLine): Promise<void> {
    await this.#events.write(app, line);
    await this.#vaults.call(await this.#names.vault(app, user), async (vault) =>
      vault.setEventListed(line.event.id, line.revision),
    );
  }

  /**
   * Has an event of this app delivered again.
   * @param only the name of one webhook, whatever it asks for; without it, all that ask for the event
   * @throws AppError `not_found`
   */
  async replay(app: string, id: string, only?: string): Promise<DeliveredEvent> {
    const vault = await this.#names.readEventId(app, id);
    const owner = vault === undefined ? null : await this.#vaults.call(vault, async (stub) => stub.owner());
    const isTheirs = vault !== undefined && owner?.app === app;
    const told = isTheirs ? await this.#vaults.call(vault, async (stub) => stub.event(id)) : null;
    if (!isTheirs || !owner || !told) throw noSuchEvent();
    const chosen = (await this.#apps.webhooks(app))
      .filter((webhook) => (only === undefined ? asksFor(webhook, told.event) : webhook.name === only))
      .map(({ name }) => name);
    if (only !== undefined && chosen.length === 0) throw noSuchWebhook();
    const line = await this.#vaults.call(vault, async (stub) => stub.replayEvent(id, chosen));
    if (!line) throw noSuchEvent();
    await this.list(owner, line).catch(() => {});
    return line.event;
  }

  async #attempt(webhook: StoredWebhook, event: DeliveredEvent): Promise<Omit<Attempt, "webhook" | "number">> {
    const answer = await this.#send(webhook, event);
    const status = answer?.status ?? null;
    const isTaken = status !== null && status >= 200 && status < 300;
    const retry_after = answer ? retryAfterSeconds(answer.headers) : null;
    return { outcome: isTaken ? "delivered" : "refused", status, retry_after };
  }

  /** @returns the answer; null where there was none */
  async #send({ url, secret }: StoredWebhook, event: DeliveredEvent): Promise<Answer | null> {
    const body = JSON.stringify(EventBody.parse(event));
    const sent_at = String(Math.floor(Date.now() / 1000));
    const headers = {
      "Content-Type": "application/json",
      "webhook-id": event.id,
      "webhook-timestamp": sent_at,
      "webhook-signature": `v1,${await sign(secret, `${event.id}.${sent_at}.${body}`)}`,
    };
    try {
      const request = new Request(url, { method: "POST", headers, body });
      return await send(this.#fetch, request, { bytes: ANSWER_BYTES });
    } catch (error) {
      if (error instanceof BrokenAnswer) return error.begun;
      if (error instanceof AppError) return null;
      throw error;
    }
  }
}

/** A webhook that is there no more has not refused. */
const NOBODY = { outcome: "none", status: null, retry_after: null } as const;

const asksFor = ({ events }: StoredWebhook, { type }: EventBody): boolean => events === null || events.includes(type);

const noSuchEvent = (): AppError => new AppError("not_found", "There is no event of that id to deliver again.");

/** A secret to sign with: 256 random bits. */
export const createWebhookSecret = (): string => SECRET_PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(32)));

/**
 * @param loopback whether it may be on this machine
 * @throws AppError `invalid_request` for what is no public https address
 */
export function checkWebhookUrl(address: string, loopback: boolean): void {
  const url = new URL(address);
  const isLocal = loopback && isLoopback(url.hostname);
  if (url.username || url.password || (!isLocal && (url.protocol !== "https:" || !isPublicHost(url.hostname)))) {
    throw invalidField("url", "only https addresses of public hosts are told.");
  }
}

async function sign(secret: string, text: string): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.slice(SECRET_PREFIX.length)), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text))));
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
