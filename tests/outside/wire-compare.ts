/** What differs between two things that were sent: in headers by name, in everything else as a whole. */
import type { Recorded } from "../servers/recorder.ts";

/** One difference. `before` is how it is without Latchkey, `after` with it; null: it is not there. */
export interface Change {
  readonly part: "method" | "path" | "query" | "header" | "status" | "body" | "trailer" | "informational";
  /** Of a header, in lower case. */
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

type Headers = readonly (readonly [name: string, value: string])[];

/** An answer as it stood on the wire. */
export interface Answered {
  readonly status: string;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly trailers: Headers;
  /** The statuses of what came before it (RFC 9110 15.2). */
  readonly informational: readonly number[];
}

/** By lower-case name, each with its values in their order. */
function byName(headers: Headers): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    names.set(lower, [...(names.get(lower) ?? []), value]);
  }
  return names;
}

/** How the values of one name read together; several are told from one with commas. */
const together = (values: string[] | undefined): string | null => values?.join("\n") ?? null;

function headerChanges(before: Headers, after: Headers, part: Change["part"] = "header"): Change[] {
  const [was, is] = [byName(before), byName(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name) => ({ part, name, before: together(was.get(name)), after: together(is.get(name)) }))
    .filter(({ before: old, after: now }) => old !== now);
}

function change(part: Change["part"], before: string, after: string): Change[] {
  return before === after ? [] : [{ part, name: "", before, after }];
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** A request without what its SDK draws by lot each time: the boundary of its parts, and ids of requests. */
function steady(request: Recorded): Recorded {
  const [, type = ""] = request.headers.find(([name]) => /^content-type$/i.test(name)) ?? [];
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1];
  const clear = (text: string) => (boundary === undefined ? text : text.replaceAll(boundary, "BOUNDARY"));
  return {
    ...request,
    headers: request.headers.map(([name, value]) => [name, clear(value).replaceAll(UUID, "UUID")]),
    body: Buffer.from(clear(request.body.toString("latin1")).replaceAll(UUID, "UUID"), "latin1"),
  };
}

/** What of a request is another than of the one sent without Latchkey. The address it was sent to is left out. */
export function requestChanges(direct: Recorded, through: Recorded): Change[] {
  const [before, after] = [steady(direct), steady(through)];
  return [
    ...change("method", before.method, after.method),
    ...change("path", before.path, after.path),
    ...change("query", before.query, after.query),
    ...headerChanges(before.headers, after.headers).filter(({ name }) => name !== "host"),
    ...change("body", before.body.toString("latin1"), after.body.toString("latin1")),
  ];
}

/** What of an answer is another than of the one got without Latchkey. */
export function answerChanges(direct: Answered, through: Answered): Change[] {
  return [
    ...change("informational", direct.informational.join(), through.informational.join()),
    ...change("status", direct.status, through.status),
    // Both are of the moment.
    ...headerChanges(direct.headers, through.headers).filter(({ name }) => name !== "date"),
    ...change("body", direct.body.toString("latin1"), through.body.toString("latin1")),
    ...headerChanges(direct.trailers, through.trailers, "trailer"),
  ];
}
