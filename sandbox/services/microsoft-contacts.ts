import * as z from "zod";
import { type OutlookContact, outlookContacts, outlookContactSchema, outlookId } from "../data/microsoft-outlook.ts";
import { jsonBody } from "../http.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure } from "./microsoft-http.ts";
import { entity, GRAPH, listed } from "./microsoft-odata.ts";

const READ = ["Contacts.Read", "Contacts.ReadWrite"];
const WRITE = ["Contacts.ReadWrite"];
const AT = "/v1.0/me/contacts";
const CONTACT = "users('me')/contacts/$entity";

/** Contacts. https://learn.microsoft.com/en-us/graph/api/resources/contact */
export const contactsRoutes: readonly Route[] = [
  api("GET", GRAPH, AT, READ, (context) => {
    const things = contacts(context).newestFirst().map(shown);
    return listed(context, { context: "users('me')/contacts", top: 10, most: 1000, orderBy: "displayName", things });
  }),
  api("POST", GRAPH, AT, WRITE, (context) => {
    const wanted = newSchema.safeParse(jsonBody(context.call));
    if (!wanted.success) return unreadable();
    const time = new Date(context.call.now).toISOString();
    const contact = {
      surname: null,
      emailAddresses: [],
      businessPhones: [],
      ...wanted.data,
      id: outlookId(randomText(20)),
      time,
    };
    contacts(context).put(contact);
    return entity(context, CONTACT, shown(contact), 201);
  }),
  api("GET", GRAPH, `${AT}/:id`, READ, (context) =>
    withContact(context, (found) => entity(context, CONTACT, shown(found))),
  ),
  api("PATCH", GRAPH, `${AT}/:id`, WRITE, (context) =>
    withContact(context, (found) => {
      const wanted = changeSchema.safeParse(jsonBody(context.call));
      if (!wanted.success) return unreadable();
      const next = { ...found, ...wanted.data };
      contacts(context).put(next);
      return entity(context, CONTACT, shown(next));
    }),
  ),
  api("DELETE", GRAPH, `${AT}/:id`, WRITE, (context) =>
    withContact(context, ({ id }) => {
      contacts(context).remove(id);
      return new Response(null, { status: 204 });
    }),
  ),
];

const emailsSchema = z
  .array(z.object({ address: z.string(), name: z.string().optional() }))
  .transform((all) => all.map(({ address, name }) => ({ address, name: name ?? address })));
const changeSchema = z.object({
  givenName: z.string().exactOptional(),
  surname: z.string().exactOptional(),
  emailAddresses: emailsSchema.exactOptional(),
  businessPhones: z.array(z.string()).exactOptional(),
});
const newSchema = changeSchema.extend({ givenName: z.string() });

function contacts({ account, store }: ApiContext) {
  const seeded = outlookContacts(account);
  return store.shelf({ account, kind: "outlookContact", schema: outlookContactSchema, seeded, idOf: ({ id }) => id });
}

function unreadable(): Response {
  return failure(400, "RequestBodyRead", "A value could not be read.");
}

function withContact(context: ApiContext, handle: (contact: OutlookContact) => Response): Response {
  const found = contacts(context).find(context.params["id"] ?? "");
  return found === undefined
    ? failure(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    : handle(found);
}

function shown({ id, givenName, surname, emailAddresses, businessPhones, time }: OutlookContact): object {
  const displayName = `${givenName} ${surname ?? ""}`.trim();
  const tag = `EQAAABYAAAB${id.slice(-20, -4)}`;
  return {
    "@odata.etag": `W/"${tag}"`,
    id,
    createdDateTime: time,
    lastModifiedDateTime: time,
    changeKey: tag,
    categories: [],
    parentFolderId: outlookId("contacts"),
    birthday: null,
    fileAs: surname === null ? givenName : `${surname}, ${givenName}`,
    displayName,
    givenName,
    initials: null,
    middleName: null,
    nickName: null,
    surname,
    title: null,
    imAddresses: [],
    jobTitle: null,
    companyName: null,
    department: null,
    officeLocation: null,
    profession: null,
    businessHomePage: null,
    assistantName: null,
    manager: null,
    homePhones: [],
    mobilePhone: null,
    businessPhones,
    spouseName: null,
    personalNotes: "",
    children: [],
    emailAddresses,
    homeAddress: {},
    businessAddress: {},
    otherAddress: {},
  };
}
