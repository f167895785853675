/** However a service writes its Link header, every page of a list is read, once and in its order. */
import { beforeEach, expect, it } from "vitest";
import { LinkSpelling } from "../../sandbox/link-header.ts";
import { Items } from "../../src/api.ts";
import { control } from "../support/emulator.ts";
import { Visitor } from "../support/visitor.ts";

beforeEach(() => control("github").reset());

it.each(LinkSpelling.options.map((spelling) => [spelling]))("written the %s way", async (link_header) => {
  await control("github").settings({ link_header });
  const visitor = new Visitor();
  // The second account has forty-four repositories; five are private, which these scopes do not show.
  await visitor.connect("github", { account: 1 });
  const ids: string[] = [];
  let from = "";
  let pages = 0;
  do {
    const page: Items = await visitor.json(`/integrations/github/load?limit=15${from}`, Items);
    ids.push(...page.items.map(({ id }) => id));
    from = page.next_cursor === null ? "" : `&cursor=${encodeURIComponent(page.next_cursor)}`;
    pages += 1;
  } while (from !== "");
  expect(pages).toBe(3);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(39);
});
