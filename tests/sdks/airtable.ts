import Airtable from "airtable";
import { sdks } from "latchkey-client/sdks";
import * as z from "zod";
import { airtableBases, airtableTables, tableRecords } from "../../sandbox/data/airtable.ts";
import { AWKWARD, type At, type Sdk } from "./sdk.ts";

// airtable, http://localhost:8787/proxy/airtable
export const toAirtable = ({ api, key }: Pick<At, "api" | "key">) => new Airtable(sdks.airtable({ api, key }));

const [base] = airtableBases(1);
const tables = airtableTables(base?.id ?? "");
// The one whose name has most in it that an address would have to escape.
const table = tables.find(({ name }) => name.includes("/")) ?? tables[0];
const record = table && tableRecords(table)[0]?.id;
const Made = z.array(z.object({ id: z.string() }));

export const airtable: Sdk = {
  name: "airtable",
  service: "airtable",
  needsHttps: false,
  calls: (at) => {
    const records = toAirtable(at)
      .base(base?.id ?? "")
      .table(table?.name ?? "");
    let made: string[] = [];
    return {
      "lists a page": () => records.select({ pageSize: 2, maxRecords: 2, view: "All of it" }).firstPage(),
      "lists every page": () => records.select({ pageSize: 10 }).all(),
      "filters and sorts": () =>
        records
          .select({
            filterByFormula: "AND({Name} != 'a b/ü', {Budget} > 1)",
            sort: [{ field: "Name", direction: "desc" }],
            fields: ["Name", "Budget"],
            maxRecords: 3,
          })
          .firstPage(),
      "asks by POST": () => records.select({ pageSize: 2, maxRecords: 2, method: "post" }).firstPage(),
      "reads a record": () => records.find(record ?? ""),
      "creates a record": async () => {
        made = [(await records.create({ Name: AWKWARD, Budget: 1.5 })).id];
      },
      "creates several records": async () => {
        const several = await records.create([{ fields: { Name: AWKWARD } }, { fields: { Name: "two" } }]);
        made.push(...Made.parse(several).map(({ id }) => id));
      },
      "updates a record": () => records.update(made[0] ?? "", { Done: true, Name: `${AWKWARD}!` }),
      "updates several records": () => records.update(made.map((id) => ({ id, fields: { Stage: "Doing" } }))),
      "replaces a record": () => records.replace(made[0] ?? "", { Name: AWKWARD }),
      "deletes a record": () => records.destroy(made[0] ?? ""),
      "deletes several records": () => records.destroy(made.slice(1)),
    };
  },
};
