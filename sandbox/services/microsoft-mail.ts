import * as z from "zod";
import {
  MAIL_FOLDERS,
  type OutlookMail,
  outlookId,
  outlookMails,
  outlookMailSchema,
} from "../data/microsoft-outlook.ts";
import { microsoftUser } from "../data/microsoft.ts";
import { jsonBody } from "../http.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure } from "./microsoft-http.ts";
import { askedOf, entity, GRAPH, listed } from "./microsoft-odata.ts";

const READ = ["Mail.Read", "Mail.ReadWrite"];
const WRITE = ["Mail.ReadWrite"];
const SEND = ["Mail.Send"];
const ME = "/v1.0/me";

/** Mail: folders, messages, drafts, sending. https://learn.microsoft.com/en-us/graph/api/resources/message */
export const mailRoutes: readonly Route[] = [
  api("GET", GRAPH, `${ME}/mailFolders`, READ, (context) => {
    const things = MAIL_FOLDERS.map((folder) => folderOf(context, folder));
    return listed(context, { context: "users('me')/mailFolders", top: 10, most: 1000, orderBy: "displayName", things });
  }),
  api("GET", GRAPH, `${ME}/mailFolders/:folder`, READ, (context) =>
    inFolder(context, (folder) => entity(context, "users('me')/mailFolders/$entity", folderOf(context, folder))),
  ),
  api("GET", GRAPH, `${ME}/mailFolders/:folder/messages`, READ, (context) =>
    inFolder(context, ({ name }) =>
      list(
        context,
        mails(context)
          .newestFirst()
          .filter(({ folder }) => folder === name),
      ),
    ),
  ),
  api("GET", GRAPH, `${ME}/messages`, READ, (context) => list(context, mails(context).newestFirst())),
  api("POST", GRAPH, `${ME}/messages`, WRITE, (context) => {
    const draft = draftOf(context, jsonBody(context.call));
    if (draft === undefined) return unreadable();
    mails(context).put(draft);
    return entity(context, "users('me')/messages/$entity", shown(context, draft), 201);
  }),
  api("GET", GRAPH, `${ME}/messages/:id`, READ, (context) =>
    withMail(context, (mail) => entity(context, "users('me')/messages/$entity", shown(context, mail))),
  ),
  api("PATCH", GRAPH, `${ME}/messages/:id`, WRITE, (context) =>
    withMail(context, (mail) => {
      const wanted = changeSchema.safeParse(jsonBody(context.call));
      if (!wanted.success) return unreadable();
      const next = { ...mail, ...wanted.data };
      mails(context).put(next);
      return entity(context, "users('me')/messages/$entity", shown(context, next));
    }),
  ),
  api("DELETE", GRAPH, `${ME}/messages/:id`, WRITE, (context) =>
    withMail(context, (mail) => {
      // The first deletion moves it to the folder of the deleted.
      if (mail.folder === "deleteditems") mails(context).remove(mail.id);
      else mails(context).put({ ...mail, folder: "deleteditems" });
      return new Response(null, { status: 204 });
    }),
  ),
  api("POST", GRAPH, `${ME}/messages/:id/send`, SEND, (context) =>
    withMail(context, (mail) => {
      if (!mail.isDraft) return failure(400, "ErrorInvalidOperation", "Only drafts are sent.");
      mails(context).put(sent(mail));
      return new Response(null, { status: 202 });
    }),
  ),
  api("POST", GRAPH, `${ME}/sendMail`, SEND, (context) => {
    const wanted = z
      .object({ message: z.unknown(), saveToSentItems: z.boolean().default(true) })
      .safeParse(jsonBody(context.call));
    const draft = wanted.success ? draftOf(context, wanted.data.message) : undefined;
    if (!wanted.success || draft === undefined) return unreadable();
    if (draft.to.length + draft.cc.length === 0) {
      return failure(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.");
    }
    if (wanted.data.saveToSentItems) mails(context).put(sent(draft));
    return new Response(null, { status: 202 });
  }),
];

function mails({ account, store }: ApiContext) {
  const seeded = outlookMails(account);
  return store.shelf({ account, kind: "message", schema: outlookMailSchema, seeded, idOf: ({ id }) => id });
}

type Folder = (typeof MAIL_FOLDERS)[number];

const folderId = ({ account }: ApiContext, name: string): string => outlookId(`folder/${account}/${name}`);

function folderOf(context: ApiContext, { name, title }: Folder): object {
  const inside = mails(context)
    .list()
    .filter(({ folder }) => folder === name);
  return {
    id: folderId(context, name),
    displayName: title,
    parentFolderId: folderId(context, "msgfolderroot"),
    childFolderCount: 0,
    unreadItemCount: inside.filter(({ isRead }) => !isRead).length,
    totalItemCount: inside.length,
    sizeInBytes: inside.length * 4096,
    isHidden: false,
  };
}

/** By its id, or by its name in every mailbox: `inbox`. */
function inFolder(context: ApiContext, handle: (folder: Folder) => Response): Response {
  const said = context.params["folder"] ?? "";
  const folder = MAIL_FOLDERS.find(({ name }) => name === said.toLowerCase() || folderId(context, name) === said);
  return folder === undefined ? missing() : handle(folder);
}

function missing(): Response {
  return failure(404, "ErrorItemNotFound", "The specified object was not found in the store.");
}

function unreadable(): Response {
  return failure(400, "UnableToDeserializePostBody", "were unable to deserialize");
}

function withMail(context: ApiContext, handle: (mail: OutlookMail) => Response): Response {
  const mail = mails(context).find(context.params["id"] ?? "");
  return mail === undefined ? missing() : handle(mail);
}

/** `$search` goes before everything else, and cannot be sorted. */
function list(context: ApiContext, found: readonly OutlookMail[]): Response {
  const query = askedOf(context);
  const words = query.get("$search")?.replaceAll('"', "").toLowerCase();
  if (words !== undefined && query.has("$orderby")) {
    return failure(400, "SearchWithOrderBy", "The query parameter '$orderBy' is not supported with '$search'.");
  }
  const things = found
    .filter(({ subject, content }) => words === undefined || `${subject} ${content}`.toLowerCase().includes(words))
    .map((mail) => shown(context, mail));
  return listed(context, {
    context: "users('me')/messages",
    top: 10,
    most: 1000,
    orderBy: "receivedDateTime desc",
    things,
  });
}

const recipient = (address: { readonly name: string; readonly address: string }) => ({ emailAddress: address });

function shown(context: ApiContext, mail: OutlookMail): object {
  const { id, folder, conversation, subject, contentType, content, from, to, cc, time, isRead, isDraft } = mail;
  const tag = `CQAAABYAAAA${id.slice(-24, -4)}`;
  const sender = from === null ? {} : { sender: recipient(from), from: recipient(from) };
  return {
    "@odata.etag": `W/"${tag}"`,
    id,
    createdDateTime: time,
    lastModifiedDateTime: time,
    changeKey: tag,
    categories: mail.categories,
    receivedDateTime: time,
    sentDateTime: time,
    hasAttachments: false,
    internetMessageId: `<${id.slice(6, 30)}@northwind.example>`,
    subject,
    bodyPreview: content
      .replace(/<[^>]*>/g, "")
      .trim()
      .slice(0, 255),
    importance: mail.importance,
    parentFolderId: folderId(context, folder),
    conversationId: conversation,
    conversationIndex: "AQHZ",
    isDeliveryReceiptRequested: null,
    isReadReceiptRequested: false,
    isRead,
    isDraft,
    webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(id)}&exvsurl=1&viewmodel=ReadMessageItem`,
    inferenceClassification: "focused",
    body: { contentType, content },
    ...sender,
    toRecipients: to.map(recipient),
    ccRecipients: cc.map(recipient),
    bccRecipients: [],
    replyTo: [],
    flag: { flagStatus: "notFlagged" },
  };
}

const recipientsSchema = z
  .array(z.object({ emailAddress: z.object({ address: z.string(), name: z.string().optional() }) }))
  .transform((all) => all.map(({ emailAddress: { address, name } }) => ({ address, name: name ?? address })))
  .default([]);
const draftSchema = z.object({
  subject: z.string().default(""),
  body: z
    .object({
      contentType: z
        .string()
        .toLowerCase()
        .pipe(z.enum(["text", "html"]))
        .default("text"),
      content: z.string(),
    })
    .default({ contentType: "text", content: "" }),
  toRecipients: recipientsSchema,
  ccRecipients: recipientsSchema,
  importance: outlookMailSchema.shape.importance.default("normal"),
  categories: z.array(z.string()).default([]),
});
const changeSchema = z.object({
  isRead: z.boolean().exactOptional(),
  subject: z.string().exactOptional(),
  importance: outlookMailSchema.shape.importance.exactOptional(),
  categories: z.array(z.string()).exactOptional(),
});

function draftOf({ account, call }: ApiContext, said: unknown): OutlookMail | undefined {
  const wanted = draftSchema.safeParse(said);
  if (!wanted.success) return undefined;
  const { subject, body, toRecipients, ccRecipients, importance, categories } = wanted.data;
  const { name, signIn } = microsoftUser(account);
  return {
    id: outlookId(randomText(20)),
    folder: "drafts",
    conversation: `AAQkAD${randomText(80)}=`,
    subject,
    ...body,
    from: { name, address: signIn },
    to: toRecipients,
    cc: ccRecipients,
    time: new Date(call.now).toISOString(),
    isRead: true,
    isDraft: true,
    importance,
    categories,
  };
}

function sent(mail: OutlookMail): OutlookMail {
  return { ...mail, folder: "sentitems", isDraft: false };
}
