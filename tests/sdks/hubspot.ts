import { Client } from "@hubspot/api-client";
import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";
import { sdks } from "latchkey-client/sdks";
import { crmObjects } from "../../sandbox/data/hubspot.ts";
import { AWKWARD, type At, type Sdk } from "./sdk.ts";

// @hubspot/api-client, http://localhost:8787/proxy/hubspot
export const toHubSpot = ({ api, key }: Pick<At, "api" | "key">) =>
  new Client({ ...sdks.hubspot({ api, key }), numberOfApiCallRetries: 3 });

const [contact, another] = crmObjects(1, "contacts");
const [company] = crmObjects(1, "companies");

export const hubspot: Sdk = {
  name: "@hubspot/api-client",
  service: "hubspot",
  needsHttps: false,
  calls: (at) => {
    const client = toHubSpot(at);
    const { contacts, companies, owners } = client.crm;
    let made = "";
    let batched: { id: string }[] = [];
    return {
      "lists a page": () => contacts.basicApi.getPage(2, undefined, ["email", "firstname"]),
      "lists every page": () => contacts.getAll(20),
      "reads a contact": () => contacts.basicApi.getById(contact?.id ?? ""),
      "reads a contact by another property": () =>
        contacts.basicApi.getById(contact?.properties["email"] ?? "", undefined, undefined, undefined, false, "email"),
      "reads a company": () => companies.basicApi.getById(company?.id ?? "", ["name", "domain"]),
      "creates a contact": async () => {
        const properties = { email: "a+b@northwind.example", firstname: AWKWARD };
        made = (await contacts.basicApi.create({ properties })).id;
      },
      "updates a contact": () => contacts.basicApi.update(made, { properties: { lastname: AWKWARD } }),
      searches: () =>
        contacts.searchApi.doSearch({
          filterGroups: [
            { filters: [{ propertyName: "email", operator: FilterOperatorEnum.Eq, value: "a+b@northwind.example" }] },
          ],
          limit: 5,
        }),
      "reads a batch": () =>
        contacts.batchApi.read({
          inputs: [{ id: contact?.id ?? "" }, { id: another?.id ?? "" }],
          properties: ["email"],
          propertiesWithHistory: [],
        }),
      "creates a batch": async () => {
        const inputs = ["one", "two"].map((name) => ({ properties: { email: `${name}@northwind.example` } }));
        batched = (await contacts.batchApi.create({ inputs })).results;
      },
      "updates a batch": () =>
        contacts.batchApi.update({ inputs: batched.map(({ id }) => ({ id, properties: { firstname: AWKWARD } })) }),
      "archives a batch": () => contacts.batchApi.archive({ inputs: batched.map(({ id }) => ({ id })) }),
      "archives a contact": () => contacts.basicApi.archive(made),
      "lists owners": () => owners.ownersApi.getPage(undefined, undefined, 2),
      "makes a request of its own": () =>
        client.apiRequest({ method: "GET", path: "/crm/v3/objects/companies", qs: { limit: 1, properties: "name" } }),
    };
  },
};
