import * as z from "zod";
import { googleUser } from "../data/google.ts";
import { person } from "../data/people.ts";
import { idOf, many, perAccount } from "../data/words.ts";
import { json, jsonBody, wholeNumber } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { failure, googleErrors } from "./google-http.ts";

const HOST = "people.googleapis.com";
const AUTH = "https://www.googleapis.com/auth";
const WRITE = [`${AUTH}/contacts`];
const READ = [...WRITE, `${AUTH}/contacts.readonly`];
const CONTACTS_PER_ACCOUNT = [121, 5, 0];

const nameSchema = z.object({ givenName: z.string(), familyName: z.string().optional() });
const contactSchema = z.object({
  id: z.string(),
  givenName: z.string(),
  familyName: z.string(),
  email: z.string().nullable(),
});
type Contact = z.infer<typeof contactSchema>;

/** People: oneself and one's contacts. https://developers.google.com/people/api/rest */
export const peopleRoutes: readonly Route[] = [
  api(
    "GET",
    HOST,
    "/v1/people/me",
    [`${AUTH}/userinfo.profile`, `${AUTH}/userinfo.email`, ...READ],
    ({ account, call }) => {
      const { sub, givenName, familyName, email } = googleUser(account);
      return withFields(call.query.get("personFields"), (fields) =>
        json(shown({ id: sub, givenName, familyName, email }, fields, "PROFILE")),
      );
    },
  ),
  api("GET", HOST, "/v1/people/me/connections", READ, (context) =>
    withFields(context.call.query.get("personFields"), (fields) => list(context, fields)),
  ),
  api("POST", HOST, "/v1/people:createContact", WRITE, create),
  api("GET", HOST, "/v1/people/:id", READ, (context) => {
    const found = contacts(context).find(context.params["id"] ?? "");
    return withFields(context.call.query.get("personFields"), (fields) =>
      found === undefined ? googleErrors.notFound(context.call) : json(shown(found, fields, "CONTACT")),
    );
  }),
];

const seeded = perAccount((account): readonly Contact[] =>
  many(CONTACTS_PER_ACCOUNT[account] ?? 0, (index) => {
    const { first, last, email } = person("contact", index);
    return {
      id: `c${idOf(`contact/${account}/${index}`, 18, "0123456789")}`,
      givenName: first,
      familyName: last,
      email,
    };
  }),
);

function contacts({ account, store }: ApiContext) {
  return store.shelf({
    account,
    kind: "contact",
    schema: contactSchema,
    seeded: seeded(account),
    idOf: ({ id }) => id,
  });
}

function withFields(said: string | null, handle: (fields: readonly string[]) => Response): Response {
  if (said !== null && said !== "") return handle(said.split(",").map((field) => field.trim()));
  const message = "personFields mask is required. Please specify one or more valid paths.";
  return failure(400, "INVALID_ARGUMENT", "badRequest", message);
}

function shown({ id, givenName, familyName, email }: Contact, fields: readonly string[], type: string): object {
  const metadata = { primary: true, source: { type, id } };
  const displayName = `${givenName} ${familyName}`.trim();
  const family = familyName === "" ? {} : { familyName };
  const names = [{ metadata, displayName, ...family, givenName, displayNameLastFirst: displayName }];
  return {
    resourceName: `people/${id}`,
    etag: `%EgUBAgM3Lhoc${id}`,
    ...(fields.includes("names") ? { names } : {}),
    ...(fields.includes("emailAddresses") && email !== null ? { emailAddresses: [{ metadata, value: email }] } : {}),
    ...(fields.includes("metadata") ? { metadata: { sources: [{ type, id }], objectType: "PERSON" } } : {}),
  };
}

function list(context: ApiContext, fields: readonly string[]): Response {
  const { call, settings } = context;
  const start = fromCursor("contacts", call.query.get("pageToken"));
  if (start === undefined) return googleErrors.badRequest(call, "Invalid page token");
  const all = contacts(context).newestFirst();
  const page = pageOf(all, start, pageSize(settings, wholeNumber(call.query.get("pageSize"), 100, 1, 1000)));
  const connections = page.items.map((contact) => shown(contact, fields, "CONTACT"));
  if (connections.length === 0) return json({});
  const next = page.next === undefined ? {} : { nextPageToken: toCursor("contacts", page.next) };
  return json({ connections, ...next, totalPeople: all.length, totalItems: all.length });
}

function create(context: ApiContext): Response {
  const wanted = z
    .object({
      names: z.array(nameSchema).max(1).default([]),
      emailAddresses: z.array(z.object({ value: z.string() })).default([]),
    })
    .safeParse(jsonBody(context.call));
  if (!wanted.success) return googleErrors.badRequest(context.call, "Invalid JSON payload received.");
  const { names, emailAddresses } = wanted.data;
  const contact = {
    id: `c${randomText(18)}`,
    givenName: names[0]?.givenName ?? "",
    familyName: names[0]?.familyName ?? "",
    email: emailAddresses[0]?.value ?? null,
  };
  contacts(context).put(contact);
  const said = context.call.query.get("personFields")?.split(",") ?? ["names", "emailAddresses", "metadata"];
  return json(shown(contact, said, "CONTACT"));
}
