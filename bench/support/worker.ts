/** A bundle running in workerd, with a KV namespace and, where it has the class, vaults. All of it ends with the bench. */
import { Log, LogLevel, Miniflare, Response } from "miniflare";
import { platform } from "./bundle.ts";
import { forgetPeak, memoryOf, processorTime, workerdProcesses } from "./processor-time.ts";

/** Sealing what is made up needs no secret. */
const SEALING_KEYS = `bench:${Buffer.alloc(32, 7).toString("base64url")}`;

export interface RunningWorker extends AsyncDisposable {
  readonly origin: string;
  /** Milliseconds of processor time that its process has taken, KV and vaults included; NaN where that is not known. */
  readonly processorTime: () => number;
  /** By how many bytes its process held more than before while this was done, at the most; NaN where that is not known. */
  readonly peakDuring: (work: () => Promise<unknown>) => Promise<number>;
  /** Where its inspector listens, where it was asked for. */
  readonly inspector: URL | null;
}

/** Starts it on a port of its own, with nothing of the tool's between the port and the Worker. */
export async function startWorker(
  code: string,
  {
    vault = false,
    index = false,
    vars = {},
    files,
    inspected = false,
    report = (line) => console.error(line),
  }: {
    readonly vault?: boolean;
    /** Whether it has the database behind the vaults. */
    readonly index?: boolean;
    readonly vars?: Readonly<Record<string, string>>;
    /** Its static files, by path; left out, it has none. */
    readonly files?: Readonly<Record<string, string>>;
    readonly inspected?: boolean;
    /** Is told what goes wrong. */
    readonly report?: (line: string) => void;
  } = {},
): Promise<RunningWorker> {
  const text = (value: string) => ({ type: "text", value }) as const;
  const variables = Object.entries({ SEALING_KEYS, ...vars }).map(([name, value]) => [name, text(value)] as const);
  const answer = ({ url }: { readonly url: string }) => {
    const file = files?.[new URL(url).pathname];
    return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
  };
  const before = workerdProcesses();
  const miniflare = new Miniflare({
    log: new Log(LogLevel.NONE),
    cf: false,
    telemetry: { enabled: false },
    logRequests: false,
    ...(inspected ? { inspectorPort: 0 } : {}),
    // The Worker's own line for each request is not what the report is about; what goes wrong is.
    handleStructuredLogs: ({ message }) => {
      if (!/^\{"event":"(?:request|calls)"/.test(message)) report(message);
    },
    workers: [
      {
        config: {
          name: "bench",
          compatibilityDate: platform.date,
          compatibilityFlags: platform.flags,
          manifest: { mainModule: "worker.js", modules: { "worker.js": { type: "esm", contents: code } } },
          env: {
            ...Object.fromEntries(variables),
            KV: { type: "kv", id: "KV" },
            ...(files ? { ASSETS: { type: "fetcher", handler: answer } } : {}),
            ...(index ? { INDEX: { type: "d1", id: "INDEX" } } : {}),
            ...(vault ? { VAULT: { type: "durable-object", worker: "bench", exportName: "Vault" } } : {}),
          },
          exports: vault ? { Vault: { type: "durable-object", storage: "sqlite" } } : {},
        },
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
      },
    ],
  });
  try {
    await miniflare.ready;
    const { origin } = await miniflare.unsafeGetDirectURL();
    const [pid] = workerdProcesses().filter((id) => !before.includes(id));
    return {
      origin,
      inspector: inspected ? await miniflare.getInspectorURL() : null,
      processorTime: () => processorTime(pid),
      peakDuring: async (work) => {
        const { now } = memoryOf(pid);
        forgetPeak(pid);
        await work();
        return memoryOf(pid).peak - now;
      },
      [Symbol.asyncDispose]: () => miniflare.dispose(),
    };
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}
