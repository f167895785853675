import { decodeBase64urlIgnorePadding } from "@oslojs/encoding";
import * as z from "zod";
import { encodedWord, gmailMessages, type Mail, mailSchema } from "../data/google-mail.ts";
import { googleUser } from "../data/google.ts";
import { json, jsonBody, wholeNumber } from "../http.ts";
import { partsOf } from "../multipart.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { type Format, isMessage, mailHeader, mailResource } from "./google-gmail-message.ts";
import { failure, googleErrors } from "./google-http.ts";

const HOST = "gmail.googleapis.com";
const AT = "/gmail/v1/users/:user";
const AUTH = "https://www.googleapis.com/auth/gmail";
const ALL = "https://mail.google.com/";
const MODIFY = [ALL, `${AUTH}.modify`];
const READ = [...MODIFY, `${AUTH}.readonly`];
const LABELS = [...READ, `${AUTH}.labels`];
const SEND = [...MODIFY, `${AUTH}.send`, `${AUTH}.compose`];

const SYSTEM = ["INBOX", "SENT", "DRAFT", "TRASH", "SPAM", "UNREAD", "STARRED", "IMPORTANT", "CHAT"] as const;
const labelSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(["system", "user"]),
  messageListVisibility: z.enum(["show", "hide"]).exactOptional(),
  labelListVisibility: z.enum(["labelShow", "labelShowIfUnread", "labelHide"]).exactOptional(),
});

/** Mail: listed, read, sent, filed. https://developers.google.com/workspace/gmail/api/reference/rest */
export const gmailRoutes: readonly Route[] = [
  mailApi("GET", "/profile", READ, (context) => {
    const all = mails(context).list();
    return json({
      emailAddress: googleUser(context.account).email,
      messagesTotal: all.length,
      threadsTotal: new Set(all.map(({ threadId }) => threadId)).size,
      historyId: "912345",
    });
  }),
  mailApi("GET", "/labels", LABELS, (context) => json({ labels: labels(context).list() })),
  mailApi("POST", "/labels", [...MODIFY, `${AUTH}.labels`], createLabel),
  mailApi("GET", "/labels/:id", LABELS, readLabel),
  mailApi("DELETE", "/labels/:id", [...MODIFY, `${AUTH}.labels`], (context) =>
    context.params["id"]?.startsWith("Label_") === true && labels(context).remove(context.params["id"])
      ? new Response(null, { status: 204 })
      : googleErrors.notFound(context.call),
  ),
  mailApi("GET", "/messages", READ, listMessages),
  mailApi("POST", "/messages/send", SEND, (context) => send(context, jsonBody(context.call))),
  api("POST", HOST, `/upload${AT}/messages/send`, SEND, uploadAndSend),
  mailApi("GET", "/messages/:id", [...READ, `${AUTH}.metadata`], readMessage),
  mailApi("DELETE", "/messages/:id", [ALL], (context) =>
    mails(context).remove(context.params["id"] ?? "")
      ? new Response(null, { status: 204 })
      : googleErrors.notFound(context.call),
  ),
  mailApi("POST", "/messages/:id/modify", MODIFY, (context) => {
    const wanted = changeSchema.safeParse(jsonBody(context.call) ?? {});
    return wanted.success
      ? refile(context, wanted.data.addLabelIds, wanted.data.removeLabelIds)
      : googleErrors.badRequest(context.call, "Invalid label change");
  }),
  mailApi("POST", "/messages/:id/trash", MODIFY, (context) => refile(context, ["TRASH"], ["INBOX"])),
  mailApi("POST", "/messages/:id/untrash", MODIFY, (context) => refile(context, [], ["TRASH"])),
  mailApi("GET", "/threads", READ, listThreads),
  mailApi("GET", "/threads/:id", READ, (context) => {
    const messages = mails(context)
      .newestFirst()
      .filter(({ threadId }) => threadId === context.params["id"])
      .toReversed();
    if (messages.length === 0) return googleErrors.notFound(context.call);
    const shown = messages.map((mail) => mailResource(mail, "full", []));
    return json({ id: context.params["id"], historyId: messages[0]?.historyId, messages: shown });
  }),
];

/** `me` is the one mailbox there is; its address is another name of it. */
function mailApi(method: string, path: string, scopes: readonly string[], handle: (context: ApiContext) => Response) {
  return api(method, HOST, AT + path, scopes, (context) => {
    const { user } = context.params;
    return user === "me" || user === googleUser(context.account).email
      ? handle(context)
      : failure(403, "PERMISSION_DENIED", "forbidden", "Delegation denied for this user.");
  });
}

function mails({ account, store }: ApiContext) {
  const seeded = gmailMessages(account);
  return store.shelf({ account, kind: "mail", schema: mailSchema, seeded, idOf: ({ id }) => id });
}

function labels({ account, store }: ApiContext) {
  const system = SYSTEM.map((id) => ({ id, name: id, type: "system" as const }));
  const seeded: z.infer<typeof labelSchema>[] = [...system, { id: "Label_1", name: "Harbour ⚓", type: "user" }];
  return store.shelf({ account, kind: "label", schema: labelSchema, seeded, idOf: ({ id }) => id });
}

function createLabel(context: ApiContext): Response {
  const wanted = labelSchema.omit({ id: true, type: true }).safeParse(jsonBody(context.call));
  if (!wanted.success) return googleErrors.badRequest(context.call, "Invalid label name");
  if (
    labels(context)
      .list()
      .some(({ name }) => name === wanted.data.name)
  ) {
    return failure(409, "ABORTED", "aborted", "Label name exists or conflicts");
  }
  const id = `Label_${labels(context).list().length}`;
  const label = { ...wanted.data, id, type: "user" as const };
  labels(context).put(label);
  return json(label);
}

function readLabel(context: ApiContext): Response {
  const label = labels(context).find(context.params["id"] ?? "");
  if (label === undefined) return googleErrors.notFound(context.call);
  const filed = mails(context)
    .list()
    .filter(({ labelIds }) => labelIds.includes(label.id));
  const unread = filed.filter(({ labelIds }) => labelIds.includes("UNREAD"));
  const threads = (of: readonly Mail[]) => new Set(of.map(({ threadId }) => threadId)).size;
  return json({
    ...label,
    messagesTotal: filed.length,
    messagesUnread: unread.length,
    threadsTotal: threads(filed),
    threadsUnread: threads(unread),
  });
}

function found(context: ApiContext): Mail[] {
  const { query } = context.call;
  const wanted = query.getAll("labelIds").flatMap((ids) => ids.split(","));
  const words = (query.get("q") ?? "")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const showsAll = query.get("includeSpamTrash") === "true" || wanted.includes("TRASH") || words.includes("in:trash");
  return mails(context)
    .newestFirst()
    .filter(({ labelIds }) => showsAll || !labelIds.some((id) => id === "TRASH" || id === "SPAM"))
    .filter(({ labelIds }) => wanted.every((id) => labelIds.includes(id)))
    .filter((mail) => words.every((word) => matches(mail, word)));
}

/** One word of a search. https://support.google.com/mail/answer/7190 */
function matches({ raw, labelIds }: Mail, word: string): boolean {
  const [, field, value = ""] = /^(from|to|subject|in|is|label):(.+)$/.exec(word) ?? [];
  if (field === undefined) return `${mailHeader(raw, "subject")} ${raw}`.toLowerCase().includes(word);
  if (field === "in" || field === "is" || field === "label") return labelIds.includes(value.toUpperCase());
  return mailHeader(raw, field).toLowerCase().includes(value);
}

function paged<Item>(context: ApiContext, list: readonly Item[]) {
  const { call, settings } = context;
  const start = fromCursor("mail", call.query.get("pageToken"));
  if (start === undefined) return undefined;
  const page = pageOf(list, start, pageSize(settings, wholeNumber(call.query.get("maxResults"), 100, 1, 500)));
  const next = page.next === undefined ? {} : { nextPageToken: toCursor("mail", page.next) };
  return { items: page.items, rest: { ...next, resultSizeEstimate: list.length } };
}

function listMessages(context: ApiContext): Response {
  const page = paged(context, found(context));
  if (page === undefined) return googleErrors.badRequest(context.call, "Invalid pageToken");
  // An empty list is left out, as protocol buffers do.
  const messages = page.items.map(({ id, threadId }) => ({ id, threadId }));
  return json({ ...(messages.length === 0 ? {} : { messages }), ...page.rest });
}

function listThreads(context: ApiContext): Response {
  const newest = new Map<string, Mail>();
  for (const mail of found(context)) if (!newest.has(mail.threadId)) newest.set(mail.threadId, mail);
  const page = paged(context, [...newest.values()]);
  if (page === undefined) return googleErrors.badRequest(context.call, "Invalid pageToken");
  const threads = page.items.map(({ threadId, historyId, raw }) => ({
    id: threadId,
    snippet: mailHeader(raw, "subject"),
    historyId,
  }));
  return json({ ...(threads.length === 0 ? {} : { threads }), ...page.rest });
}

const FORMATS: Readonly<Record<string, Format>> = {
  minimal: "minimal",
  full: "full",
  raw: "raw",
  metadata: "metadata",
};

function readMessage(context: ApiContext): Response {
  const { call, token } = context;
  const mail = mails(context).find(context.params["id"] ?? "");
  if (mail === undefined) return failure(404, "NOT_FOUND", "notFound", "Requested entity was not found.");
  const format = FORMATS[(call.query.get("format") ?? "full").toLowerCase()];
  if (format === undefined) return googleErrors.badRequest(call, "Invalid value at 'format'");
  if ((format === "full" || format === "raw") && !READ.some((scope) => token.scopes.includes(scope))) {
    return failure(403, "PERMISSION_DENIED", "forbidden", "Metadata scope doesn't allow format FULL");
  }
  return json(mailResource(mail, format, call.query.getAll("metadataHeaders")));
}

const sentSchema = z.object({ raw: z.string(), threadId: z.string().optional() });

function send(context: ApiContext, body: unknown): Response {
  const wanted = sentSchema.safeParse(body);
  if (!wanted.success) {
    const message = "'raw' RFC822 payload message string or uploading message via /upload/* URL required";
    return failure(400, "INVALID_ARGUMENT", "invalidArgument", message);
  }
  let raw: string;
  try {
    raw = new TextDecoder().decode(decodeBase64urlIgnorePadding(wanted.data.raw));
  } catch {
    return failure(400, "INVALID_ARGUMENT", "invalidArgument", "Invalid value at 'message.raw' (TYPE_BYTES)");
  }
  return deliver(context, raw, wanted.data.threadId);
}

function uploadAndSend(context: ApiContext): Response {
  const { call } = context;
  const type = call.headers.get("content-type") ?? "";
  if (type.startsWith("message/rfc822")) return deliver(context, call.text, undefined);
  const message = partsOf(type, call.bytes)?.[1];
  return message === undefined
    ? googleErrors.badRequest(call, "Media type is not supported.")
    : deliver(context, new TextDecoder().decode(message.bytes), undefined);
}

function deliver(context: ApiContext, said: string, threadId: string | undefined): Response {
  const { account, call } = context;
  // Line ends are made what RFC 5322 has, as Gmail does.
  const raw = said.replace(/\r?\n/g, "\r\n");
  if (!isMessage(raw)) return failure(400, "INVALID_ARGUMENT", "invalidArgument", "Recipient address required");
  const { name, email } = googleUser(account);
  const from = mailHeader(raw, "from") === "" ? `From: ${encodedWord(name)} <${email}>\r\n` : "";
  const id = randomText(16).toLowerCase();
  const mail = {
    id,
    threadId: threadId ?? id,
    labelIds: ["SENT"],
    internalDate: String(call.now),
    historyId: "912346",
    raw: from + raw,
  };
  mails(context).put(mail);
  return json({ id, threadId: mail.threadId, labelIds: mail.labelIds });
}

const changeSchema = z.object({
  addLabelIds: z.array(z.string()).default([]),
  removeLabelIds: z.array(z.string()).default([]),
});

function refile(context: ApiContext, added: readonly string[], removed: readonly string[]): Response {
  const mail = mails(context).find(context.params["id"] ?? "");
  if (mail === undefined) return failure(404, "NOT_FOUND", "notFound", "Requested entity was not found.");
  const known = new Set(
    labels(context)
      .list()
      .map(({ id }) => id),
  );
  const unknown = [...added, ...removed].find((id) => !known.has(id));
  if (unknown !== undefined) return failure(400, "INVALID_ARGUMENT", "invalidArgument", `Invalid label: ${unknown}`);
  const labelIds = [...new Set([...mail.labelIds, ...added])].filter((id) => !removed.includes(id));
  mails(context).put({ ...mail, labelIds });
  return json({ id: mail.id, threadId: mail.threadId, labelIds });
}
