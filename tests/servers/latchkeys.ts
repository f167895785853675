/**
 * Running Latchkeys, lent to the files of tests that look from outside: one file at a time has one, and the next that asks
 * for the same variables takes it over with its services as new. Starting one takes longer than many a file.
 */
import { createServer, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import type { TestProject } from "vitest/node";
import * as z from "zod";
import { builtInProviders } from "../../src/providers/index.ts";
import { runLatchkey, type Addresses, type Running } from "./latchkey.ts";
import { portOf } from "./port.ts";

const Wanted = z.object({ vars: z.record(z.string(), z.string()) });

/** Forgets what a file before has told the services to do, and whose accounts its people had. Each person has their own connections. */
async function renew({ providers }: Addresses): Promise<void> {
  const answers = await Promise.all(
    builtInProviders.map(({ id }) => fetch(`${providers}/${id}/_control/reset`, { method: "POST" })),
  );
  const failed = answers.find(({ ok }) => !ok);
  if (failed !== undefined) throw new Error(`${failed.url}: ${failed.status}`);
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started: Promise<Running>[] = [];
  /** By their variables. */
  const free = new Map<string, Running[]>();
  const lent = new Map<string, () => void>();

  async function lend(request: IncomingMessage): Promise<Addresses> {
    const { vars } = Wanted.parse(await json(request));
    const kind = JSON.stringify(vars);
    let found = free.get(kind)?.pop();
    if (found === undefined) {
      const starting = runLatchkey({ vars });
      started.push(starting);
      found = await starting;
    } else await renew(found);
    const { origin, providers } = found;
    const one = found;
    lent.set(origin, () => free.set(kind, [...(free.get(kind) ?? []), one]));
    return { origin, providers };
  }

  const server = createServer((request, response) => {
    if (request.method === "DELETE") {
      const origin = decodeURIComponent(request.url?.slice(1) ?? "");
      lent.get(origin)?.();
      lent.delete(origin);
      response.end();
      return;
    }
    lend(request).then(
      (addresses) => response.end(JSON.stringify(addresses)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("latchkeys", `http://127.0.0.1:${portOf(server)}`);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const outcomes = await Promise.allSettled(started);
    for (const outcome of outcomes) if (outcome.status === "fulfilled") await outcome.value.stop();
  };
}
