/** The GraphQL that the sandbox answers is a part of GitHub's own, and of nothing else. */
import { readFileSync } from "node:fs";
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLNamedType,
} from "graphql";
import { expect, it } from "vitest";
import { GITHUB_SCHEMA } from "../../sandbox/services/github-graphql-schema.ts";

const path = new URL("schema.graphql", import.meta.resolve("@octokit/graphql-schema"));
// GitHub's schema names two fields twice.
const whole = buildSchema(readFileSync(path, "utf8"), { assumeValidSDL: true });

/** A type's fields, arguments and values, a line for each. */
function linesOf(type: GraphQLNamedType | undefined): string[] {
  if (isEnumType(type)) return type.getValues().map(({ name }) => name);
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((field) => `${field.name}: ${String(field.type)}`);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return [
    ...type.getInterfaces().map(({ name }) => `implements ${name}`),
    ...Object.values(type.getFields()).flatMap((field) => [
      `${field.name}: ${String(field.type)}`,
      ...field.args.map(
        (argument) =>
          `${field.name}(${argument.name}: ${String(argument.type)} = ${JSON.stringify(argument.defaultValue)})`,
      ),
    ]),
  ];
}

const here = Object.values(buildSchema(GITHUB_SCHEMA).getTypeMap()).filter(({ name }) => !name.startsWith("__"));

it.each(here.filter((type) => linesOf(type).length > 0).map((type): [string, GraphQLNamedType] => [type.name, type]))(
  "%s is as GitHub has it",
  (name, type) => {
    const theirs = linesOf(whole.getType(name));
    expect(linesOf(type).filter((line) => !theirs.includes(line))).toEqual([]);
  },
);
