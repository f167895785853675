import * as z from "zod";
import { type DriveItem, microsoftItems, microsoftTeams, microsoftUser } from "../data/microsoft.ts";
import { inOrder } from "../data/words.ts";
import { applyMask, parseFields } from "../fields.ts";
import { json, jsonBody, mapped, png, wholeNumber } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { picture } from "../png.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { failure, microsoftErrors } from "./microsoft-http.ts";

const GRAPH = "graph.microsoft.com";
const FILES = ["Files.Read", "Files.Read.All", "Files.ReadWrite"];
const CHILDREN = "/v1.0/me/drive/root/children";

const itemSchema = z.object({
  id: z.string(),
  name: z.string(),
  webUrl: z.string(),
  size: z.number(),
  createdDateTime: z.string(),
  lastModifiedDateTime: z.string(),
  eTag: z.string(),
  folder: z.object({ childCount: z.number() }).optional(),
  file: z.object({ mimeType: z.string() }).optional(),
  lastModifiedBy: z.object({ user: z.object({ displayName: z.string() }) }).optional(),
});
const newFolder = z.object({ name: z.string().min(1), folder: z.object({}).loose() });

/** The person, their photo, the root of their drive, their teams. */
export const graphRoutes: readonly Route[] = [
  api("GET", GRAPH, "/v1.0/me", ["User.Read"], me),
  api("GET", GRAPH, "/v1.0/me/photo/$value", ["User.Read"], ({ call, account }) => {
    const { id, hasPhoto } = microsoftUser(account);
    return hasPhoto
      ? png(picture(id))
      : failure(404, "ImageNotFound", `No photo of ${call.path.split("/")[2] ?? "me"}.`);
  }),
  api("GET", GRAPH, CHILDREN, FILES, list),
  api("POST", GRAPH, CHILDREN, ["Files.ReadWrite"], createFolder),
  api("GET", GRAPH, "/v1.0/me/drive/items/:id", FILES, (context) => {
    const found = items(context).find(({ id }) => id === context.params["id"]);
    return found === undefined ? microsoftErrors.notFound(context.call) : json(found);
  }),
  api("GET", GRAPH, "/v1.0/me/joinedTeams", ["Team.ReadBasic.All"], ({ call, account }) => {
    if (microsoftUser(account).isPersonal)
      return failure(403, "Forbidden", "Teams are not there for personal accounts.");
    if ([...call.query.keys()].some((name) => name.startsWith("$"))) {
      return microsoftErrors.badRequest(call, "Query options are not allowed here.");
    }
    const value = microsoftTeams(account);
    const context = mapped(call, GRAPH, "/v1.0/$metadata#teams");
    return json({ "@odata.context": context, "@odata.count": value.length, value });
  }),
];

function me({ call, account }: ApiContext): Response {
  const { id, name, first, last, mail, signIn } = microsoftUser(account);
  const person = {
    "@odata.context": mapped(call, GRAPH, "/v1.0/$metadata#users/$entity"),
    businessPhones: [],
    displayName: name,
    givenName: first,
    surname: last,
    jobTitle: account === 0 ? "Harbour master" : null,
    mail,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: account === 1 ? "zh-TW" : null,
    userPrincipalName: signIn,
    id,
  };
  const selected = selectedFrom(call.query.get("$select"), ["@odata.context"]);
  return selected === undefined
    ? microsoftErrors.badRequest(call, "$select is not valid.")
    : json(applyMask(person, selected));
}

/** The mask of a `$select`; everything without one. */
function selectedFrom(select: string | null, always: readonly string[]) {
  if (select === null) return parseFields("", "(", ")");
  return parseFields([...always, select].join(","), "(", ")");
}

function items({ account, store }: ApiContext): DriveItem[] {
  return [...store.objects(account, "item", itemSchema), ...microsoftItems(account)];
}

function list(context: ApiContext): Response {
  const { call, settings } = context;
  const top = wholeNumber(call.query.get("$top"), 200, 1, 1000);
  const start = fromCursor("items", call.query.get("$skiptoken"));
  const mask = selectedFrom(call.query.get("$select"), ["@odata.etag", "id"]);
  if (start === undefined) return microsoftErrors.badRequest(call, "The $skiptoken is not valid.");
  if (mask === undefined) return microsoftErrors.badRequest(call, "$select is not valid.");
  const page = pageOf(ordered(items(context), call.query.get("$orderby") ?? "name"), start, pageSize(settings, top));
  const body = {
    "@odata.context": mapped(call, GRAPH, "/v1.0/$metadata#users('me')/drive/root/children"),
    ...(page.next === undefined ? {} : { "@odata.nextLink": nextLink(context, page.next) }),
    value: page.items.map((item) => applyMask(item, mask)),
  };
  return json(body);
}

function ordered(found: readonly DriveItem[], by: string): DriveItem[] {
  const key = (item: DriveItem) => (by.startsWith("lastModifiedDateTime") ? item.lastModifiedDateTime : item.name);
  return found.toSorted((left, right) => inOrder(key(left), key(right)) * (by.endsWith(" desc") ? -1 : 1));
}

function nextLink({ call }: ApiContext, position: number): string {
  const query = new URLSearchParams(call.query);
  query.set("$skiptoken", toCursor("items", position));
  // Graph leaves the dollar of its options as it is.
  return mapped(call, GRAPH, `${call.path}?${query.toString().replaceAll("%24", "$")}`);
}

function createFolder(context: ApiContext): Response {
  const wanted = newFolder.safeParse(jsonBody(context.call));
  if (!wanted.success) return failure(400, "invalidRequest", "A folder needs a name and a folder facet.");
  const { name } = wanted.data;
  const existing = items(context).some((item) => item.name.toLowerCase() === name.toLowerCase());
  if (existing) return failure(409, "nameAlreadyExists", "Something with this name exists.");
  const now = new Date(context.call.now).toISOString();
  const item = {
    id: `01${randomText(32).toUpperCase()}`,
    name,
    webUrl: `https://northwind-my.sharepoint.com/personal/ada/Documents/${encodeURIComponent(name)}`,
    size: 0,
    createdDateTime: now,
    lastModifiedDateTime: now,
    eTag: `"{${crypto.randomUUID().toUpperCase()}},1"`,
    folder: { childCount: 0 },
  };
  context.store.addObject(context.account, "item", item);
  return json(item, 201);
}
