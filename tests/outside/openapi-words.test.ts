/** What readers are told of the API: in order by other people's rules for such documents, and true to the declarations. */
import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectralCore from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { docComments } from "../../scripts/openapi/comments.ts";
import { Json } from "../../scripts/openapi/schemas.ts";
import { TAGS, WORDS } from "../../scripts/openapi/words.ts";
import { openApiDocument } from "../../scripts/openapi.ts";
import { ApprovalEventType, ConnectSessionEventType, ConnectionEventType, EventBody } from "../../src/api-events.ts";
import { allRoutes } from "../../src/routes/all.ts";

const document = openApiDocument();
const operations = allRoutes
  .flatMap((routes) => routes.operations)
  .map((operation) => ({ name: `${operation.method} ${operation.path}`, operation }));

describe("linters of OpenAPI documents have nothing to say:", () => {
  it("Redocly with its recommended rules", async () => {
    const config = await createConfig({ extends: ["recommended"] });
    const source = JSON.stringify(document);
    expect(await lintFromString({ source, absoluteRef: "openapi.json", config })).toEqual([]);
    const broken = JSON.stringify({ ...document, servers: [] });
    expect(await lintFromString({ source: broken, absoluteRef: "openapi.json", config })).not.toEqual([]);
  });

  it("Spectral with its recommended rules", async () => {
    const spectral = new spectralCore.Spectral();
    spectral.setRuleset(new spectralCore.Ruleset({ extends: [[rulesets.oas, "recommended"]] }));
    const broken: Record<string, unknown> = { ...document, tags: [] };
    expect(await spectral.run(structuredClone(document))).toEqual([]);
    expect(await spectral.run(broken)).not.toEqual([]);
  });
});

describe("the words of a route", () => {
  it("are of each that there is, and of no other", () => {
    expect(Object.keys(WORDS).toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
    const tags = new Set<string>(operations.map(({ operation }) => operation.tag));
    expect(TAGS.map(({ name }) => name).toSorted()).toEqual([...tags].toSorted());
  });

  it.each(operations)("have an example of what $name takes and answers, as it is declared", ({ name, operation }) => {
    const { request, answer } = WORDS[name] ?? {};
    if (operation.body) expect(z.safeParse(operation.body, request).error).toBeUndefined();
    else expect(request).toBeUndefined();
    // What an answer does not have is not in its example either.
    if (operation.answer.schema) expect(z.parse(operation.answer.schema, answer)).toEqual(answer);
    else expect(answer).toBeUndefined();
  });
});

const Told = z.object({
  post: z.object({
    operationId: z.string(),
    requestBody: z.object({ content: z.object({ "application/json": z.object({ example: z.unknown() }) }) }),
  }),
});

it("each event that apps are told of is a webhook of the document, with an example of itself", () => {
  const told = z.record(z.string(), Told).parse(document["webhooks"]);
  expect(Object.keys(told)).toEqual([
    ...ConnectionEventType.options,
    ...ConnectSessionEventType.options,
    ...ApprovalEventType.options,
  ]);
  for (const [type, { post }] of Object.entries(told)) {
    const { example } = post.requestBody.content["application/json"];
    expect(z.parse(EventBody, example)).toEqual(example);
    expect(example).toMatchObject({ type });
  }
});

describe("what a field means", () => {
  const Described = z.looseObject({ description: z.string().optional() });
  const { schemas } = z
    .looseObject({
      schemas: z.record(z.string(), Described.extend({ properties: z.record(z.string(), Described).optional() })),
    })
    .parse(document["components"]);

  it("is what is written beside it, also where a shape is made of another", () => {
    const label = schemas["HeldCredentials"]?.properties?.["label"]?.description;
    expect(label).toContain("Tells it from the user's others");
    expect(schemas["Connection"]?.properties?.["label"]?.description).toBe(label);
    expect(schemas["ListedConnection"]?.properties?.["label"]?.description).toBe(label);
    expect(schemas["NewConnectSession"]?.properties?.["scopes"]?.description).toBe(
      "In the place of the integration's own.",
    );
  });

  it("is said of every field that a request takes", () => {
    const bodies = JSON.stringify(
      Object.values(Json.parse(document["paths"])).flatMap((path) =>
        Object.values(Json.parse(path)).map((operation) => Json.parse(operation)["requestBody"]),
      ),
    );
    const taken = Object.entries(schemas).filter(([name]) => bodies.includes(`/${name}"`));
    const silent = taken.flatMap(([name, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, field]) => field.description === undefined && !("$ref" in field))
        .map(([field]) => `${name}.${field}`),
    );
    expect(taken.length).toBeGreaterThan(8);
    expect(silent).toEqual([]);
  });

  it("is read of shapes and of what is inside of them", () => {
    const comments = docComments(new URL("../../src/api-events.ts", import.meta.url));
    expect(comments.get("ConnectionEvent.data.label")).toContain("What its user calls it");
    expect(comments.get("DeliveredEvent")).toContain("\n- `pending`: on its way");
    expect(comments.get("ConnectionEventType")).toBeUndefined();
  });
});
