/** What the recorder answers each service's SDK: as little as they go on with, in the shapes of the service. */
import type { ServiceName } from "../../sandbox/clients.ts";

export interface Canned {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; left out for an empty answer. */
  readonly body?: unknown;
}

type Rule = readonly [request: RegExp, answer: Canned];

const NOTHING: Canned = { status: 204 };
const ok = (body: unknown): Canned => ({ status: 200, body });
const ID = "0f0e0d0c-0b0a-4908-8706-050403020100";
const TIME = "2026-11-15T16:42:07.000Z";
const CONTACT = { id: "1", properties: {}, createdAt: TIME, updatedAt: TIME, archived: false };
const BATCH = { status: "COMPLETE", results: [CONTACT], startedAt: TIME, completedAt: TIME };

/** By `METHOD /HOST/PATH`, the first that fits. `origin` is where the service is. */
const RULES: Readonly<Record<ServiceName, (origin: string) => readonly Rule[]>> = {
  github: () => [
    [/^DELETE .*\/comments\//, NOTHING],
    [/\/graphql$/, ok({ data: { viewer: { login: "ada" } } })],
    [/^GET .*\/search\//, ok({ total_count: 0, items: [] })],
    [/^GET .*\/user\/repos$/, ok([])],
    [/^POST /, { status: 201, body: { id: 1, number: 1 } }],
    [/./, ok({ id: 1, number: 1, login: "ada", content: { sha: "da39a3ee5e6b4b0d3255bfef95601890afd80709" } })],
  ],
  notion: () => [[/./, ok({ object: "list", id: ID, results: [{ object: "block", id: ID }], has_more: false })]],
  hubspot: () => [
    [/^DELETE |\/batch\/archive$/, NOTHING],
    [/^POST .*\/contacts$/, { status: 201, body: CONTACT }],
    [/\/batch\/create$/, { status: 201, body: BATCH }],
    [/\/batch\//, ok(BATCH)],
    [/./, ok({ ...CONTACT, total: 1, results: [CONTACT] })],
  ],
  slack: (origin) => [
    [/^POST \/files\.slack\.com\//, ok("OK")],
    [
      /./,
      ok({
        ok: true,
        ts: "1763224927.000100",
        upload_url: `${origin}/files.slack.com/upload/v1/a-b`,
        file_id: "F1",
        files: [{ id: "F1" }],
        channels: [],
        members: [],
        messages: [],
        response_metadata: { next_cursor: "" },
      }),
    ],
  ],
  google: () => [
    [/^DELETE /, NOTHING],
    [/./, ok({ id: "1", name: "a b ü", files: [] })],
  ],
  microsoft: (origin) => [
    [/^DELETE /, NOTHING],
    [
      /\/createUploadSession$/,
      ok({ uploadUrl: `${origin}/upload/a-b`, expirationDateTime: TIME, nextExpectedRanges: ["0-"] }),
    ],
    [/^PUT \/upload\//, { status: 201, body: { id: "1", name: "large.bin" } }],
    [/^POST .*\/(?:messages|contacts)$/, { status: 201, body: { id: "a=b" } }],
    [/\$batch$/, ok({ responses: [{ id: "0", status: 200, headers: {}, body: { id: "1" } }] })],
    [/./, ok({ id: "1", displayName: "Ada", value: [] })],
  ],
  airtable: () => [[/./, ok({ id: "rec1", fields: {}, records: [{ id: "rec1", fields: {}, deleted: true }] })]],
  spotify: () => [[/./, ok({ id: "1", items: [], href: "https://elsewhere.example/", limit: 2, offset: 0, total: 0 })]],
  facebook: () => [
    [/^POST \/[^/]+\/v[0-9.]+\/?$/, ok([{ code: 200, headers: [], body: "{}" }])],
    [/./, ok({ id: "1_2", success: true, data: [] })],
  ],
};

/** The answer to a request at `/HOST/PATH` of a service. */
export function cannedAnswer(service: ServiceName, origin: string, method: string, path: string): Canned {
  return RULES[service](origin).find(([pattern]) => pattern.test(`${method} ${path}`))?.[1] ?? NOTHING;
}
