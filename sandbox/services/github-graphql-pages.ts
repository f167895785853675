/** Connections of GitHub's GraphQL, and errors that have a type. */
import { GraphQLError } from "graphql";
import { fromCursor, toCursor } from "../paging.ts";

const MOST_NODES = 100;

/** An error in GitHub's words; its `type` stands beside the message. */
export function problem(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** What every connection takes. */
export interface PageArguments {
  readonly first?: number;
  readonly after?: string;
}

/** https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api: `first` is required, from 1 to 100. */
export function connection<Thing>(
  name: string,
  all: readonly Thing[],
  { first, after }: PageArguments,
  node: (thing: Thing) => object,
) {
  if (first === undefined) {
    const words = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw problem("MISSING_PAGINATION_BOUNDARIES", words);
  }
  if (first > MOST_NODES) {
    const words = `Requesting ${first} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`;
    throw problem("EXCESSIVE_PAGINATION", words);
  }
  const start = fromCursor(name, after);
  if (start === undefined)
    throw problem("INVALID_CURSOR_ARGUMENTS", `\`${after ?? ""}\` does not appear to be a valid cursor.`);
  const page = all
    .slice(start, start + first)
    .map((thing, index) => ({ cursor: toCursor(name, start + index + 1), node: node(thing) }));
  return {
    totalCount: all.length,
    edges: page,
    nodes: page.map((edge) => edge.node),
    pageInfo: {
      startCursor: page[0]?.cursor ?? null,
      endCursor: page.at(-1)?.cursor ?? null,
      hasNextPage: start + first < all.length,
      hasPreviousPage: start > 0,
    },
  };
}
