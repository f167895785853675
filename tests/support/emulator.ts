/** The emulator's control API, as `sandbox/control.ts` documents it. */
import { env } from "cloudflare:workers";
import * as z from "zod";
import { askEmulator } from "../../sandbox/world.ts";

export const PROVIDERS = "http://127.0.0.1:8787";

const LogEntry = z.looseObject({
  method: z.string(),
  host: z.string(),
  path: z.string(),
  status: z.number().nullable(),
});
const Grants = z.object({
  grants: z.array(z.looseObject({ revoked: z.boolean() })),
  issued: z.array(z.string()),
});

async function call(service: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await askEmulator(
    env.EMULATOR,
    new Request(`${PROVIDERS}/${service}/_control/${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  if (!response.ok)
    throw new Error(`${method} ${service}/_control/${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  const parsed: unknown = text === "" ? null : JSON.parse(text);
  return parsed;
}

/** The controls of one emulated service. */
export function control(service: string) {
  return {
    consent: async (consent: {
      url: string;
      decision: "allow" | "deny";
      account: number;
      ticked?: readonly string[];
    }) => z.object({ location: z.string() }).parse(await call(service, "POST", "consent", consent)),
    settings: (settings: Record<string, unknown>) => call(service, "POST", "settings", settings),
    fault: (fault: Record<string, unknown>) => call(service, "POST", "faults", fault),
    clearFaults: () => call(service, "DELETE", "faults"),
    log: async () => z.array(LogEntry).parse(await call(service, "GET", "log")),
    clearLog: () => call(service, "DELETE", "log"),
    grants: async () => Grants.parse(await call(service, "GET", "grants")),
    expire: () => call(service, "POST", "expire"),
    revoke: () => call(service, "POST", "revoke"),
    reset: () => call(service, "POST", "reset"),
    /** Of a service that is played out of its entry. */
    entry: (played: { readonly entry: object; readonly tells?: object; readonly keys?: readonly object[] }) =>
      call(service, "POST", "entry", played),
    issue: (issued: { readonly fields: Readonly<Record<string, string>>; readonly account?: number }) =>
      call(service, "POST", "issue", issued),
  };
}

/** How many requests reached the service's token endpoint. */
export async function tokenCalls(service: string): Promise<number> {
  const log = await control(service).log();
  return log.filter((entry) => /token$|oauth\.v2\.access$/.test(entry.path)).length;
}

/** How many requests asked the service to take a token back. */
export async function revocationCalls(service: string): Promise<number> {
  const log = await control(service).log();
  const isRevocation = ({ method, path }: { method: string; path: string }) =>
    path.endsWith("revoke") || (method === "DELETE" && /\/applications\/|\/permissions$/.test(path));
  return log.filter(isRevocation).length;
}
