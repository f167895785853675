/** What an integrator does with the package, the same in every runtime. It is copied into projects of their own and built there. */
import { answered, createLatchkey, each, LatchkeyError } from "latchkey-client";
import { proxied, sdks } from "latchkey-client/sdks";
import { verifyWebhook, WebhookError, type WebhookRequest } from "latchkey-client/webhooks";

export interface Given {
  readonly origin: string;
  /** A session of one user. */
  readonly key: string;
  readonly integration: string;
  readonly connection: string;
  /** What Latchkey has sent to the app's webhook. */
  readonly secret: string;
  readonly delivery: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

export interface Seen {
  readonly standing: string;
  readonly items: readonly string[];
  readonly code: string;
  readonly status: number;
  readonly login: string;
  readonly event: string;
  readonly connection: string;
  readonly forged: string;
  readonly unreachable: string;
}

const failureOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (cause: unknown) => cause,
  );

export async function scenario({ origin, key, integration, connection, secret, delivery }: Given): Promise<Seen> {
  const latchkey = createLatchkey({ origin, key });
  const params = { path: { integration } };
  const { status: standing } = await answered(latchkey.GET("/integrations/{integration}/credentials", { params }));
  const items: string[] = [];
  for await (const item of each(latchkey, "/integrations/{integration}/load", {
    params: { ...params, query: { limit: 3 } },
  })) {
    items.push(item.name);
    if (items.length === 7) break;
  }
  const refusal = await failureOf(
    answered(latchkey.DELETE("/connections/{connection}", { params: { path: { connection } } })),
  );
  const { baseUrl, auth } = sdks.octokit(proxied({ origin, integration, key }));
  const account: unknown = await (
    await fetch(`${baseUrl}/user`, { headers: { Authorization: `Bearer ${auth}` } })
  ).json();
  const event = await verifyWebhook(secret, delivery);
  const altered: WebhookRequest = { ...delivery, body: delivery.body.replace("created", "removed") };
  const forgery = await failureOf(verifyWebhook(secret, altered));
  const nobody = createLatchkey({ origin: "http://127.0.0.1:1", retries: 0 });
  const silence = await failureOf(answered(nobody.GET("/health")));
  return {
    standing,
    items,
    code: refusal instanceof LatchkeyError ? refusal.code : String(refusal),
    status: refusal instanceof LatchkeyError ? refusal.status : 0,
    login: typeof account === "object" && account !== null && "login" in account ? String(account.login) : "",
    event: event.type,
    connection: event.data.connection ?? "none",
    forged: forgery instanceof WebhookError ? forgery.code : String(forgery),
    unreachable: silence instanceof LatchkeyError ? silence.code : String(silence),
  };
}
