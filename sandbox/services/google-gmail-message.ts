import { decodeBase64, encodeBase64urlNoPadding } from "@oslojs/encoding";
import type { Mail } from "../data/google-mail.ts";
import { headersOf, partsOf } from "../multipart.ts";

/** A header as Gmail writes it. */
export interface MailHeader {
  readonly name: string;
  readonly value: string;
}

/** How much of a message is asked for. */
export type Format = "minimal" | "full" | "raw" | "metadata";

const EXCERPT = 180;

/** The headers of a message in their order, unfolded and decoded. */
export function mailHeaders(raw: string): MailHeader[] {
  const [head = ""] = raw.split("\r\n\r\n", 1);
  return head
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n")
    .flatMap((line) => {
      const [, name, value = ""] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, value: decoded(value) }];
    });
}

/** One header's value; empty where there is none. */
export function mailHeader(raw: string, name: string): string {
  return mailHeaders(raw).find((header) => header.name.toLowerCase() === name.toLowerCase())?.value ?? "";
}

function decoded(value: string): string {
  return value.replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_word, base64: string) =>
    new TextDecoder().decode(decodeBase64(base64)),
  );
}

const bodyOf = (raw: string): string => raw.slice(raw.indexOf("\r\n\r\n") + 4);

/** A message in one of its formats. https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages */
export function mailResource(mail: Mail, format: Format, named: readonly string[]): object {
  const { id, threadId, labelIds, internalDate, historyId, raw } = mail;
  const snippet = bodyOf(raw).replace(/\s+/g, " ").slice(0, EXCERPT).trim();
  const bytes = new TextEncoder().encode(raw);
  const plain = { id, threadId, labelIds, snippet, sizeEstimate: bytes.length, historyId, internalDate };
  if (format === "minimal") return plain;
  if (format === "raw") return { ...plain, raw: encodeBase64urlNoPadding(bytes) };
  const headers = mailHeaders(raw);
  const wanted = new Set(named.map((name) => name.toLowerCase()));
  if (format === "metadata") {
    const shown = wanted.size === 0 ? headers : headers.filter(({ name }) => wanted.has(name.toLowerCase()));
    return { ...plain, payload: { mimeType: typeOf(mailHeader(raw, "content-type")), headers: shown } };
  }
  return { ...plain, payload: payloadOf("", headers, new TextEncoder().encode(bodyOf(raw))) };
}

function typeOf(contentType: string): string {
  return contentType === "" ? "text/plain" : (contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "text/plain");
}

function payloadOf(partId: string, headers: readonly MailHeader[], bytes: Uint8Array): object {
  const contentType = headers.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? "";
  const disposition = headers.find(({ name }) => name.toLowerCase() === "content-disposition")?.value ?? "";
  const filename = /filename="?([^";]*)/i.exec(disposition)?.[1] ?? "";
  const parts = contentType.toLowerCase().startsWith("multipart/") ? partsOf(contentType, bytes) : undefined;
  const start = { partId, mimeType: typeOf(contentType), filename, headers };
  if (parts === undefined) {
    return { ...start, body: { size: bytes.length, data: encodeBase64urlNoPadding(bytes) } };
  }
  const prefix = partId === "" ? "" : `${partId}.`;
  return {
    ...start,
    body: { size: 0 },
    parts: parts.map((part, index) =>
      payloadOf(
        `${prefix}${index}`,
        [...part.headers].map(([name, value]) => ({ name, value })),
        part.bytes,
      ),
    ),
  };
}

/** Whether bytes are a message at all: header lines, and whom it goes to. */
export function isMessage(raw: string): boolean {
  const headers = headersOf(raw.split("\r\n\r\n", 1)[0] ?? "");
  return ["to", "cc", "bcc"].some((name) => headers.has(name));
}
