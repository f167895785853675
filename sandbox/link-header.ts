/** RFC 8288 lets one Link header be written in many ways. GitHub writes one; whoever reads it should read all. */
import * as z from "zod";

/** What a service's Link headers look like; the first is GitHub's own. */
export const LinkSpelling = z.enum([
  "plain",
  "relative",
  "unquoted",
  "last_parameter",
  "several_relations",
  "capitals",
]);
export type LinkSpelling = z.infer<typeof LinkSpelling>;

type Links = Readonly<Record<string, string>>;

const each = (links: Links, write: (address: string, relation: string) => string): string =>
  Object.entries(links)
    .map(([relation, address]) => write(address, relation))
    .join(", ");

const SPELLINGS: Readonly<Record<LinkSpelling, (links: Links) => string>> = {
  // https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
  plain: (links) => each(links, (address, relation) => `<${address}>; rel="${relation}"`),
  // Section 3.1: relative to the address that was asked.
  relative: (links) => each(links, (address, relation) => `<${new URL(address).search}>; rel="${relation}"`),
  // Section 3, the grammar of link-param: a value may stand without quotes, and space around any separator.
  unquoted: (links) => each(links, (address, relation) => `<${address}> ;rel=${relation}`),
  // The order of parameters is free, and a quoted one may hold what looks like the next link.
  last_parameter: (links) =>
    each(links, (address, relation) => `<${address}>; title="of \\"a\\", <b>; rel=none"; rel="${relation}"`),
  // Section 3.3: one link may have several relations; those that lead to the same page are one.
  several_relations: (links) => {
    const relations = Map.groupBy(Object.entries(links), ([, address]) => address);
    return [...relations]
      .map(
        ([address, named]) =>
          `<${address}>; rel="${named
            .map(([name]) => name)
            .toReversed()
            .join(" ")}"`,
      )
      .join(", ");
  },
  // Names of parameters and registered relations are compared without regard to case.
  capitals: (links) => each(links, (address, relation) => `<${address}>; REL="${relation.toUpperCase()}"`),
};

/** A Link header in one of the spellings; empty without links. */
export function linkHeader(links: Links, spelling: LinkSpelling): string {
  return SPELLINGS[spelling](links);
}
