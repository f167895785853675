/** What a line takes in D1: written by the product's own statements into SQLite, which D1 is, and the pages counted. */
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { EventIndex } from "../../src/apps/event-index.ts";
import { ConnectionIndex } from "../../src/connections/connection-index.ts";
import { IndexDatabase } from "../../src/connections/index-database.ts";
import { letters } from "./random.ts";

const LINES = 10_000;
/** As many connections of one app. */
const OF_AN_APP = 200;
const Pages = z.object({ page_count: z.number() });
const Size = z.object({ page_size: z.number() });

class Statement implements D1PreparedStatement {
  readonly query: string;
  readonly values: readonly unknown[];

  constructor(query: string, values: readonly unknown[] = []) {
    this.query = query;
    this.values = values;
  }

  bind(...values: unknown[]): Statement {
    return new Statement(this.query, values);
  }

  first(): Promise<never> {
    return unused();
  }

  run(): Promise<never> {
    return unused();
  }

  all(): Promise<never> {
    return unused();
  }

  raw(): Promise<never> {
    return unused();
  }
}

const unused = (): Promise<never> => Promise.reject(new TypeError("Lines are written in batches, and not read."));

/** As much of D1 as writing takes. */
class Written implements D1Database {
  readonly #sqlite = new DatabaseSync(":memory:");

  prepare(query: string): Statement {
    return new Statement(query);
  }

  batch<T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    for (const statement of statements) {
      if (!(statement instanceof Statement)) continue;
      const { query, values } = statement;
      this.#sqlite.prepare(query).run(...z.array(z.union([z.string(), z.number(), z.null()])).parse(values));
    }
    return Promise.resolve([]);
  }

  exec(): Promise<never> {
    return unused();
  }

  withSession(): never {
    throw new TypeError("Lines are written without a session.");
  }

  dump(): Promise<never> {
    return unused();
  }

  get bytes(): number {
    const { page_count } = Pages.parse(this.#sqlite.prepare("PRAGMA page_count").get());
    return page_count * Size.parse(this.#sqlite.prepare("PRAGMA page_size").get()).page_size;
  }
}

/** Bytes of a line of the list of connections with its index, and of an event in the list of events. */
export async function lineBytes(): Promise<{ readonly connection: number; readonly event: number }> {
  const [lines, events] = [new Written(), new Written()];
  const [index, list] = [new ConnectionIndex(new IndexDatabase(lines)), new EventIndex(new IndexDatabase(events))];
  for (let number = 0; number < LINES; number += 1) {
    const name = named(number);
    await index.write(name, [{ place: name.integration, revision: NOW, connection: name.connection, labels: LABELS }]);
    await list.write(name.app, { revision: 1, event: name.event });
  }
  return { connection: lines.bytes / LINES, event: events.bytes / LINES };
}

const NOW = 1_795_000_000_000;
const LABELS = JSON.stringify({ metadata: { plan: "pro" }, tags: { team: "sales" } });

/** Names as long as those of src/connections/names.ts. */
function named(number: number) {
  const app = `app-${Math.floor(number / OF_AN_APP)
    .toString()
    .padStart(33, "7")}`;
  const integration = `google-${app.slice(-20)}${app.slice(-19)}`;
  const [user, handle] = [`user_${letters(22)}`, letters(59)];
  const account = { id: letters(21), name: "Ann Smith", email: `${user}@example.com`, avatar_url: null, url: null };
  const facts = {
    account,
    scopes: [],
    issued_at: NOW,
    expires_at: NOW,
    connected_at: NOW,
    refreshable: true,
    times: { copy_until: NOW, refresh_from: NOW, refresh_by: NOW },
    keep_alive: null,
    reconnect_by: null,
    asked: null,
    client: null,
  };
  const standing = { label: account.email, is_default: true, made_at: NOW, status: "connected" as const };
  const connection = {
    epoch: 1,
    generation: 1,
    place: integration,
    sealed: "",
    facts,
    failure: null,
    refreshed_at: null,
    refused_scopes: null,
    ...standing,
  };
  const id = `msg_${handle}${letters(22)}`;
  const told = { attempts: 1, last_status: 200, next_attempt_at: null };
  const event = {
    id,
    type: "connection.created" as const,
    timestamp: new Date(NOW + number).toISOString(),
    data: {
      connection: `con_${handle}_${integration}`,
      user,
      integration,
      label: account.email,
      account,
      reason: null,
    },
    delivery: "delivered" as const,
    ...told,
    deliveries: [{ webhook: "main", delivery: "delivered" as const, ...told }],
  };
  return { app, user, handle, integration, connection, event };
}
