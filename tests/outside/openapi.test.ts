/** The OpenAPI document: valid by somebody else's reading of the standard, and of exactly the routes there are. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { openApiDocument } from "../../scripts/openapi.ts";
import { createApp } from "../../src/app.ts";
import { errorStatus } from "../../src/errors.ts";
import { allRoutes } from "../../src/routes/all.ts";
import { realWorld } from "../../src/world.ts";

const Parameter = z.looseObject({ name: z.string(), in: z.string(), required: z.boolean() });
const Described = z.looseObject({
  operationId: z.string(),
  parameters: z.array(Parameter),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Described)),
  components: z.looseObject({ securitySchemes: z.record(z.string(), z.unknown()) }),
});

const document = openApiDocument();
const { paths, components } = Document.parse(document);
const described = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, route: `${method} ${path}`, ...operation })),
);
const declared = allRoutes.flatMap(({ operations }) => operations);

/** Its paths hold slashes, so its routes are wildcards and are described apart from them. */
const isProxy = (path: string): boolean => /^\/proxy(?:\/|$)/.test(path);

const sorted = (routes: Iterable<string>): string[] => [...new Set(routes)].toSorted();

describe("the OpenAPI document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  it("is JSON as it stands", () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it("has the routes that the router has, and no others", () => {
    // OpenAPI has no words for a WebSocket.
    const isSocket = (path: string): boolean => path === "/approvals/live";
    const routed = createApp(realWorld)
      .routes.filter(({ method, path }) => method !== "ALL" && !isProxy(path) && !isSocket(path))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    expect(sorted(described.filter(({ path }) => !isProxy(path)).map(({ route }) => route))).toEqual(sorted(routed));
    expect(sorted(described.map(({ route }) => route))).toEqual(
      sorted(declared.map(({ method, path }) => `${method} ${path}`)),
    );
  });

  it("routes what it does not describe only in the proxy and in what goes around every answer", () => {
    const wildcards = createApp(realWorld).routes.filter(({ method }) => method === "ALL");
    expect(sorted(wildcards.map(({ path }) => path))).toEqual(["/*", "/proxy", "/proxy/*"]);
  });

  it("declares no route twice", () => {
    const routes = declared.map(({ method, path }) => `${method} ${path}`);
    expect(routes).toHaveLength(new Set(routes).size);
  });

  it("gives every operation a name of its own, which can be one in a program", () => {
    const names = described.map(({ operationId }) => operationId);
    expect(names).toHaveLength(new Set(names).size);
    for (const name of names) expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
  });

  it.each(described)("$route declares what its path holds", ({ path, parameters }) => {
    const named = parameters.filter((parameter) => parameter.in === "path");
    expect(sorted(named.map(({ name }) => name))).toEqual(
      sorted([...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name)),
    );
    expect(named.every(({ required }) => required)).toBe(true);
    const places = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(places).toHaveLength(new Set(places).size);
  });

  it.each(described)("$route names only ways of signing in that there are", ({ security }) => {
    for (const way of security.flatMap((ways) => Object.keys(ways))) {
      expect(Object.keys(components.securitySchemes)).toContain(way);
    }
  });

  it.each(declared)("$method $path says under the right status what can go wrong", ({ method, path, errors = [] }) => {
    const found = described.find(({ route }) => route === `${method} ${path}`);
    const responses: Readonly<Record<string, { readonly description: string }>> = found?.responses ?? {};
    for (const code of errors) {
      const status = errorStatus(code);
      expect(status, code).toBeTypeOf("number");
      expect(responses[String(status)]?.description.split(", "), code).toContain(code);
    }
  });
});
