import * as z from "zod";

/** One request to an emulated endpoint, taken apart. */
export interface Call {
  /** The first segment of its address; of a played service the first two. */
  readonly service: string;
  /** Where the request came in, e.g. `http://127.0.0.1:8787`. */
  readonly origin: string;
  readonly method: string;
  /** The real service's host, taken from the mapped URL. */
  readonly host: string;
  /** The path at that host, never decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as it came, with its question mark. */
  readonly search: string;
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Milliseconds; one clock reading for the whole request. */
  readonly now: number;
}

/** The emulator's address of a URL of the real service. */
export function mapped(call: Pick<Call, "origin" | "service">, host: string, path: string): string {
  return `${call.origin}/${call.service}/${host}${path}`;
}

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** A PNG answer. */
export function png(bytes: Uint8Array<ArrayBuffer>): Response {
  return new Response(bytes, { headers: { "content-type": "image/png", "cache-control": "public, max-age=3600" } });
}

const jsonObject = z.record(z.string(), z.unknown());

/** The body as a JSON object; undefined when it is anything else. */
export function jsonBody(call: Call): Record<string, unknown> | undefined {
  try {
    const parsed = jsonObject.safeParse(JSON.parse(call.text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The parts of a multipart body; undefined when it is none. */
export async function formOf(call: Call): Promise<FormData | undefined> {
  const type = call.headers.get("content-type") ?? "";
  if (mediaType(call) !== "multipart/form-data") return undefined;
  try {
    return await new Response(new Uint8Array(call.bytes), { headers: { "content-type": type } }).formData();
  } catch {
    return undefined;
  }
}

/** The media type of the body, without its parameters. */
export function mediaType(call: Call): string {
  return (call.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** Parameters by name; undefined when one is given twice, which RFC 6749 section 3.1 forbids. */
export function singleValued(params: URLSearchParams): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [name, value] of params) {
    if (Object.hasOwn(values, name)) return undefined;
    values[name] = value;
  }
  return values;
}

/** Query, form and JSON parameters in one bag, for services which take an argument from wherever it stands. */
export function looseParams(call: Call): Record<string, string> {
  const values: Record<string, string> = Object.fromEntries(call.query);
  if (mediaType(call) === "application/x-www-form-urlencoded") {
    Object.assign(values, Object.fromEntries(new URLSearchParams(call.text)));
  } else if (mediaType(call) === "application/json") {
    for (const [name, value] of Object.entries(jsonBody(call) ?? {})) {
      values[name] = typeof value === "string" ? value : JSON.stringify(value);
    }
  }
  return values;
}

/** The token of an `Authorization: Bearer` header (GitHub's clients write `token`). */
export function bearer(call: Call): string | undefined {
  return /^(?:bearer|token) +([^\s]+)$/i.exec(call.headers.get("authorization") ?? "")?.[1];
}

/** A whole number from a parameter, kept between two bounds. */
export function wholeNumber(text: string | null | undefined, fallback: number, least: number, most: number): number {
  if (text === null || text === undefined || !/^\d{1,9}$/.test(text)) return fallback;
  return Math.min(Math.max(Number(text), least), most);
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text made safe for HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
