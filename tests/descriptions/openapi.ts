/** Holds answers and requests against an extract of an OpenAPI description: `scripts/extract-description.ts`. */
import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import * as z from "zod";
import type { Answered, Checker, DescribedCall, Sent } from "./description.ts";

const Schema = z.record(z.string(), z.unknown());
const Operation = z.object({
  server: z.url(),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: Schema })),
  body: z.object({ required: z.boolean(), content: z.record(z.string(), z.unknown()) }).nullable(),
  responses: z.record(z.string(), z.record(z.string(), z.unknown())),
});
type Operation = z.infer<typeof Operation>;
const Extract = z.object({
  source: z.string(),
  licence: z.string(),
  version: z.string(),
  operations: z.record(z.string(), Operation),
  schemas: z.record(z.string(), z.unknown()),
});

/** More says no more. */
const MOST_COMPLAINTS = 20;
/** Said by documents of many kinds; what is meant is JSON. */
const isJson = (mediaType: string): boolean => /[/+]json\b|^\*\/\*$/.test(mediaType);
const mediaTypeOf = (header: string | null | undefined): string =>
  (header ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

/** @param document an extract, as its file holds it */
export function openApi(document: unknown): Checker {
  const { operations, ...origin } = Extract.parse(document);
  // What a format is not known for says nothing; parameters and forms are text, and stand for what they read as.
  const options = { strict: false, allErrors: true, logger: false as const };
  const exact = withFormats(new Ajv(options));
  const textual = withFormats(new Ajv({ ...options, coerceTypes: "array" }));
  for (const ajv of [exact, textual]) ajv.addSchema(Schema.parse(document), "extract");

  const complaints = (ajv: Ajv, place: readonly string[], value: unknown): string[] => {
    const steps = place.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")));
    const validate = ajv.compile({ $ref: `extract#/${steps.join("/")}` });
    return validate(value) ? [] : (validate.errors ?? []).slice(0, MOST_COMPLAINTS).map(sentence);
  };
  const find = (route: string): Operation => {
    const found = operations[route];
    if (found === undefined) throw new Error(`${route} is not in the extract of ${origin.source}.`);
    return found;
  };

  const answer = ({ route }: DescribedCall, { status, headers, body }: Answered): string[] => {
    const { responses } = find(route);
    const key = [String(status), `${String(status)[0]}XX`, "default"].find((each) => Object.hasOwn(responses, each));
    const contents = key === undefined ? undefined : responses[key];
    if (key === undefined || contents === undefined) return [`${status} is not an answer that is described`];
    const types = Object.keys(contents);
    const type = mediaTypeOf(headers.get("content-type"));
    if (types.length === 0) return type === "" || body === "" ? [] : [`a body of ${type} where none is described`];
    const fits = types.find((each) => mediaTypeOf(each) === type) ?? (isJson(type) ? types.find(isJson) : undefined);
    if (fits === undefined) return [`the body is ${type || "nothing"}; described is ${types.join(", ")}`];
    return isJson(fits) ? complaints(exact, ["operations", route, "responses", key, fits], body) : [];
  };

  const request = (sent: Sent) => {
    const route = routeOf(operations, sent);
    if (route === undefined) return undefined;
    const { parameters, body } = find(route);
    const query = new URLSearchParams(sent.query);
    const named = (where: string) => parameters.filter((parameter) => parameter.in === where);
    const unknown = [...new Set(query.keys())].filter((name) => !named("query").some((one) => one.name === name));
    const held = parameters.flatMap((parameter, index) => {
      const { name } = parameter;
      if (parameter.in !== "query" && parameter.in !== "header") return [];
      const value = parameter.in === "query" ? query.get(name) : sent.headers[name.toLowerCase()];
      if (value === null || value === undefined) return parameter.required ? [`${name} is required`] : [];
      const place = ["operations", route, "parameters", String(index), "schema"];
      return complaints(textual, place, value).map((complaint) => `${name} ${complaint}`);
    });
    return {
      route,
      complaints: [
        ...unknown.map((name) => `the parameter ${name} is not described`),
        ...held,
        ...bodyOf(route, body, sent),
      ],
    };
  };

  const bodyOf = (route: string, body: Operation["body"], sent: Sent): string[] => {
    if (sent.body === "") return body?.required ? ["a body is required"] : [];
    if (body === null) return ["no body is described"];
    const type = mediaTypeOf(sent.headers["content-type"]);
    const fits = Object.keys(body.content).find((each) => mediaTypeOf(each) === type);
    if (fits === undefined) return [`the body is ${type}; described is ${Object.keys(body.content).join(", ")}`];
    const place = ["operations", route, "body", "content", fits];
    if (isJson(fits)) return complaints(exact, place, JSON.parse(sent.body));
    const isForm = fits === "application/x-www-form-urlencoded";
    return isForm ? complaints(textual, place, Object.fromEntries(new URLSearchParams(sent.body))) : [];
  };

  return { ...origin, serverOf: (route) => find(route).server, answer, request };
}

/** The described route of a request: one with the fewest names where several fit. */
export function routeOf(
  operations: Readonly<Record<string, { readonly server: string }>>,
  sent: Sent,
): string | undefined {
  const fitting = Object.entries(operations).filter(([route, { server }]) => {
    const [method, path = ""] = route.split(" ");
    const { host, pathname } = new URL(server);
    const wanted = `${pathname.replace(/\/$/, "")}${path}`.split("/");
    const found = sent.path.split("/");
    const fits =
      wanted.length === found.length && wanted.every((step, index) => step.startsWith("{") || step === found[index]);
    return method === sent.method && host === sent.host && fits;
  });
  const names = (route: string) => route.split("{").length;
  return fitting.map(([route]) => route).toSorted((left, right) => names(left) - names(right))[0];
}

function withFormats(ajv: Ajv): Ajv {
  addFormats.default(ajv);
  return ajv;
}

function sentence({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || "/"} ${message ?? "is wrong"} ${JSON.stringify(params)}`;
}
