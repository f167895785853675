/** GraphQL, on graphql-js, with errors in GitHub's own words: https://docs.github.com/en/graphql/guides/forming-calls-with-graphql */
import { buildSchema, execute, type GraphQLError, Kind, parse, validate } from "graphql";
import * as z from "zod";
import { json } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure, GITHUB_API } from "./github-http.ts";
import { GITHUB_SCHEMA } from "./github-graphql-schema.ts";
import { rootOf } from "./github-graphql-values.ts";

const schema = buildSchema(GITHUB_SCHEMA);
const Body = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** One address for all; always 200 once the request is understood. */
export const graphqlRoutes: readonly Route[] = [api("POST", GITHUB_API, "/graphql", [], answer)];

async function answer(context: ApiContext): Promise<Response> {
  let given: unknown;
  try {
    given = JSON.parse(context.call.text);
  } catch {
    return failure(400, "Problems parsing JSON");
  }
  const body = Body.safeParse(given);
  if (!body.success)
    return json({ errors: [{ message: "A query attribute must be specified and must be a string." }] });
  const { query, variables, operationName } = body.data;
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return json({
      errors: [{ message: `Parse error: ${error instanceof Error ? error.message : ""}`, ...placeOf(error) }],
    });
  }
  const wrong = validate(schema, document);
  if (wrong.length > 0) return json({ errors: wrong.map(inGitHubsWords) });
  const result = await execute({
    schema,
    document,
    rootValue: rootOf(context),
    ...(variables ? { variableValues: variables } : {}),
    ...(operationName ? { operationName } : {}),
  });
  const errors = result.errors?.map(({ message, path, locations, extensions: { type } }) => ({
    ...(type === undefined ? {} : { type }),
    path,
    locations,
    message,
  }));
  return json({
    ...(result.data === undefined ? {} : { data: result.data }),
    ...(errors === undefined ? {} : { errors }),
  });
}

function placeOf(error: unknown): object {
  const locations = z
    .object({ locations: z.array(z.object({ line: z.number(), column: z.number() })) })
    .safeParse(error);
  return locations.success ? { locations: locations.data.locations } : {};
}

/** graphql-js and GitHub's server say the same in other words. */
function inGitHubsWords({ message, locations, nodes }: GraphQLError): object {
  const [node] = nodes ?? [];
  const [, fieldName, typeName] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message) ?? [];
  if (fieldName === undefined || typeName === undefined || node?.kind !== Kind.FIELD) return { locations, message };
  return {
    path: ["query", fieldName],
    extensions: { code: "undefinedField", typeName, fieldName },
    locations,
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
  };
}
