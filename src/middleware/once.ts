/**
 * `Idempotency-Key`: a request that makes something is carried out once, however often it comes
 * (https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07). Its answer may hold what is shown
 * once, so that it is kept sealed, in the vault that the caller's key leads to.
 */
import type { Context } from "hono";
import * as z from "zod/mini";
import { APP_ITSELF, OPERATOR } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { digest, open, seal, type SealContext } from "../crypto.ts";
import { AppError, invalidField } from "../errors.ts";
import { USER_HEADER, type Caller } from "./caller.ts";

export const ONCE_HEADER = "Idempotency-Key";
/** Says of an answer that it is that of a request before. */
export const REPLAYED_HEADER = "Idempotency-Replayed";

const KeptAnswer = z.object({ status: z.number(), body: z.string() });

/**
 * What a request is answered: as it was before where it was carried out before, else what carrying it out gives.
 * @param body of the request, as its declaration reads it
 * @throws AppError `idempotency_key_reused` for another request than the one before; `request_under_way`
 */
export async function once(
  c: Context<AppEnv>,
  caller: Caller,
  body: unknown,
  carryOut: () => Promise<Response>,
): Promise<Response> {
  const presented = c.req.header(ONCE_HEADER);
  if (presented === undefined) return carryOut();
  const services = c.get("services");
  const vault = caller.session?.vault ?? (await services.names.vault(OPERATOR, APP_ITSELF));
  // Of this very credential: another one of the same vault may not be able to make what this one has made.
  const key = digest("idempotency key", caller.id, readKey(presented));
  const request = digest("request", c.req.method, c.req.path, c.req.header(USER_HEADER) ?? "", JSON.stringify(body));
  const attempt = crypto.randomUUID();
  const claimed = await services.vaults.call(vault, async (stub) => stub.claimRequest(key, request, attempt));
  if (claimed.outcome === "other") {
    throw new AppError(
      "idempotency_key_reused",
      `Another request was made with this ${ONCE_HEADER}. Use a new one for each thing that is to be made.`,
    );
  }
  if (claimed.outcome === "under_way") {
    throw new AppError("request_under_way", "The same request is being carried out. Ask again in a moment.", {
      headers: { "Retry-After": "1" },
    });
  }
  const context: SealContext = { app: caller.app, purpose: "answer", record: [vault, key] };
  const ring = services.config.keyRing();
  if (claimed.outcome === "done") {
    const kept = KeptAnswer.parse(JSON.parse(await open(ring, context, claimed.answer)));
    const headers = { "Content-Type": "application/json", [REPLAYED_HEADER]: "true" };
    return new Response(kept.body, { status: kept.status, headers });
  }
  const work = carryOutAndKeep();
  // It outlives the caller: what was made has to be told when it is asked for again.
  services.behind(work.then(ignore, ignore));
  return work;

  async function carryOutAndKeep(): Promise<Response> {
    const answer = await carryOut().catch(async (error: unknown) => {
      if (error instanceof AppError)
        await services.vaults.call(vault, async (stub) => stub.releaseRequest(key, attempt));
      throw error;
    });
    const kept = { status: answer.status, body: await answer.clone().text() } satisfies z.output<typeof KeptAnswer>;
    const sealed = await seal(ring, context, JSON.stringify(kept));
    // Where it cannot be kept it is given all the same: it is made, and nobody else would hear of it.
    await services.vaults.call(vault, async (stub) => stub.settleRequest(key, request, sealed)).catch(ignore);
    return answer;
  }
}

/** The key, which the draft has between quotes and most clients send without. @throws AppError `invalid_request` */
function readKey(presented: string): string {
  const [, quoted, plain] = /^(?:"([!#-[\]-~]{1,255})"|([!#-~]{1,255}))$/.exec(presented.trim()) ?? [];
  const key = quoted ?? plain;
  if (key === undefined) throw invalidField(ONCE_HEADER, "has to be 1 to 255 visible characters of ASCII.");
  return key;
}

/** For work whose outcome is somebody else's affair. */
function ignore(): void {}
