import * as z from "zod";
import { type Call, json } from "./http.ts";
import type { Service, Spoken } from "./service.ts";
import { speak } from "./words.ts";

/** Stands in every programmed error, so that a test can prove that nothing a provider says is echoed. */
export const HOSTILE = "<script>provider-said-this</script>";

const BIG_ANSWER = 10 * 1024 * 1024;
const DEFAULT_HANG = 10 * 60_000;

/** A programmed fault, as the control API takes it. */
export const faultSchema = z.strictObject({
  endpoint: z.enum(["token", "revoke", "introspect", "api", "authorize"]),
  fault: z
    .enum([
      "error",
      "html",
      "empty",
      "redirect",
      "garbage",
      "no_token",
      "array",
      "hang",
      "invalid_client",
      "invalid_grant",
      "unauthorized",
      "server_error",
      "rate_limited",
      "big",
      "passing",
      "dead",
    ])
    .optional(),
  /** For `passing` and `dead`: which of the service's own answers; the first where it is left out. */
  which: z.number().int().min(0).optional(),
  /** Merged over the next token answer; of `authorize` what the callback says instead of the service's own failure. */
  override: z.record(z.string(), z.unknown()).optional(),
  /** A literal answer, or the status of a named fault. */
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  /** For `rate_limited`; null sends no Retry-After. */
  retry_after: z.union([z.number(), z.string()]).nullable().optional(),
  /** Do what was asked first, then answer with the fault: an answer lost on its way. */
  processed: z.boolean().optional(),
  /** For `hang`. */
  hang_ms: z.number().int().min(1).max(DEFAULT_HANG).optional(),
  times: z.number().int().min(1).optional(),
});

/** A programmed fault. */
export type Fault = z.infer<typeof faultSchema>;

const fieldsSchema = faultSchema.omit({ times: true });

/** The faults which wait for their request. */
export class Faults {
  readonly #sql: SqlStorage;
  readonly #hanging = new Set<() => void>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add({ times = 1, ...fault }: Fault): void {
    const values = [fault.endpoint, JSON.stringify(fault), times];
    this.#sql.exec("INSERT INTO faults (endpoint, fault, times) VALUES (?, ?, ?)", ...values);
  }

  /** Takes the oldest fault for an endpoint, if there is one. */
  take(endpoint: Fault["endpoint"]): Fault | undefined {
    const row = this.#sql
      .exec<{ id: number; fault: string }>(
        "UPDATE faults SET times = times - 1 WHERE id = (SELECT min(id) FROM faults WHERE endpoint = ?) RETURNING id, fault",
        endpoint,
      )
      .toArray()[0];
    if (row === undefined) return undefined;
    this.#sql.exec("DELETE FROM faults WHERE times <= 0");
    return fieldsSchema.parse(JSON.parse(row.fault));
  }

  pending(): Fault[] {
    const rows = this.#sql.exec<{ fault: string; times: number }>("SELECT fault, times FROM faults ORDER BY id");
    return rows.toArray().map(({ fault, times }) => ({ ...fieldsSchema.parse(JSON.parse(fault)), times }));
  }

  /** Drops all faults, and answers what hangs. */
  clear(): void {
    this.#sql.exec("DELETE FROM faults");
    for (const release of this.#hanging) release();
  }

  /** Waits as a server does which accepted a request and never answers. */
  async hang(milliseconds = DEFAULT_HANG): Promise<void> {
    await new Promise<void>((resolve) => {
      const release = () => {
        clearTimeout(timer);
        this.#hanging.delete(release);
        resolve();
      };
      const timer = setTimeout(release, milliseconds);
      this.#hanging.add(release);
    });
  }
}

/** What a fault is said in. */
export type FaultVoice = Pick<Service, "words"> & {
  readonly oauth: Pick<Service["oauth"], "refuse">;
  readonly errors: Pick<Service["errors"], "badRequest" | "unauthorized" | "serverError" | "rateLimited">;
};

/** The answer a fault stands for; undefined for one which only changes the real answer. */
export async function faultAnswer(
  fault: Fault,
  call: Call,
  service: FaultVoice,
  faults: Faults,
): Promise<Response | undefined> {
  if (fault.fault === undefined) return fault.override === undefined ? literal(fault) : undefined;
  if (fault.fault === "hang") await faults.hang(fault.hang_ms);
  const answer = named(fault.fault, fault, call, service);
  if (fault.status === undefined && fault.headers === undefined) return answer;
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(fault.headers ?? {})) headers.set(name, value);
  return new Response(answer.body, { status: fault.status ?? answer.status, headers });
}

function literal(fault: Fault): Response {
  const { status = 200 } = fault;
  const body = status === 204 || status === 205 || status === 304 ? null : (fault.body ?? "");
  return new Response(body, { status, headers: fault.headers ?? {} });
}

function named(name: NonNullable<Fault["fault"]>, fault: Fault, call: Call, service: FaultVoice): Response {
  const { errors, oauth } = service;
  const isApi = fault.endpoint === "api";
  switch (name) {
    case "error":
      if (isApi) return errors.badRequest(call, HOSTILE);
      return oauth.refuse(call, { code: "invalid_request", reason: "malformed", text: HOSTILE });
    case "invalid_client":
      return oauth.refuse(call, { code: "invalid_client", reason: "bad_secret", text: HOSTILE });
    case "invalid_grant":
      return oauth.refuse(call, { code: "invalid_grant", reason: "revoked", text: HOSTILE });
    case "unauthorized":
      return errors.unauthorized(call, "unknown");
    case "server_error":
      return errors.serverError(call, HOSTILE);
    case "rate_limited":
      return errors.rateLimited(call, fault.retry_after === null ? null : String(fault.retry_after ?? 1), HOSTILE);
    case "html":
      return text(`<!doctype html><title>Oops</title><p>${HOSTILE}</p>`, "text/html; charset=utf-8");
    case "empty":
      return text("", "application/json");
    case "garbage":
      return text(`{"access_token": "${HOSTILE}`, "application/json");
    case "no_token":
      return json({ token_type: "Bearer", expires_in: 3600, note: HOSTILE });
    case "array":
      return json([]);
    case "big":
      return big();
    case "passing":
    case "dead":
      return speakNth(service.words[isApi ? "api" : "token"][name], fault.which ?? 0);
    case "redirect":
      return new Response(null, { status: 302, headers: { location: `${call.origin}/evil/collect` } });
    case "hang":
      return text("", "text/plain", 504);
  }
}

function speakNth(words: readonly Spoken[], which: number): Response {
  const spoken = words[which];
  if (spoken === undefined)
    return json({ error: "control", message: "There are not as many answers of this kind." }, 418);
  return speak(spoken);
}

function text(body: string, type: string, status = 200): Response {
  return new Response(body, { status, headers: { "content-type": type } });
}

/** A valid JSON answer of ten megabytes, sent in pieces. */
function big(): Response {
  const encoder = new TextEncoder();
  const filler = encoder.encode("x".repeat(64 * 1024));
  let left = BIG_ANSWER;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode('{"filler":"')),
    pull: (controller) => {
      if (left > 0) controller.enqueue(filler);
      else {
        controller.enqueue(encoder.encode('"}'));
        controller.close();
      }
      left -= filler.length;
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}
