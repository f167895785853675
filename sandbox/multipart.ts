import { randomText } from "./random.ts";

/** A part of a multipart body. */
export interface BodyPart {
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Takes a multipart body apart (RFC 2046 section 5.1), byte for byte; undefined for what is none. */
export function partsOf(contentType: string, bytes: Uint8Array): BodyPart[] | undefined {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return undefined;
  // One character for each byte, so that a position in the text is one in the bytes.
  const text = `\r\n${new TextDecoder("latin1").decode(bytes)}`;
  const delimiter = `\r\n--${boundary}`;
  const parts: BodyPart[] = [];
  let start = text.indexOf(delimiter);
  while (start >= 0) {
    const after = start + delimiter.length;
    if (text.startsWith("--", after)) return parts;
    const end = text.indexOf(delimiter, after);
    const part = end < 0 ? undefined : partOf(text, bytes, after, end);
    if (part === undefined) return undefined;
    parts.push(part);
    start = end;
  }
  return undefined;
}

function partOf(text: string, bytes: Uint8Array, start: number, end: number): BodyPart | undefined {
  const blank = text.indexOf("\r\n\r\n", start);
  if (blank < 0 || blank >= end) return undefined;
  const headers = headersOf(text.slice(start, blank));
  // Two characters were put in front of the text.
  return { headers, bytes: new Uint8Array(bytes.slice(blank + 2, Math.max(end - 2, blank + 2))) };
}

/** Header lines; what is none is left out. */
export function headersOf(lines: string): Headers {
  const headers = new Headers();
  for (const line of lines.split("\r\n")) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined) headers.append(name, value ?? "");
  }
  return headers;
}

/** A `multipart/mixed` answer of texts with their header lines. */
export function mixed(parts: readonly { readonly headers: Record<string, string>; readonly text: string }[]): Response {
  const boundary = `batch_${randomText(32)}`;
  const body = parts.map(({ headers, text }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return [`--${boundary}`, ...lines, "", text, ""].join("\r\n");
  });
  return new Response(`${body.join("")}--${boundary}--\r\n`, {
    headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
  });
}
