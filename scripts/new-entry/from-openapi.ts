/** A service out of its OpenAPI 3 description: where its API is, and how people connect to it. */
import * as z from "zod";
import { Json, type JsonObject } from "../openapi/schemas.ts";
import { known, Refused, type Document, type Found } from "./document.ts";
import { schemesOf } from "./schemes.ts";
import { addressOf, type Address } from "./servers.ts";

const Description = z.looseObject({
  openapi: z.string(),
  info: z.object({ title: z.string().catch("") }).catch({ title: "" }),
  externalDocs: z
    .object({ url: z.url({ protocol: /^https$/ }) })
    .optional()
    .catch(undefined),
  paths: z.record(z.string(), Json.catch({})).catch({}),
});

/** Where services have who is asking, the likeliest first. */
const WHO = [
  /\/users?\/(?:me|self|current)$/i,
  /\/(?:me|self|whoami|userinfo|current[-_]?user)$/i,
  /\/(?:user|account|profile)$/i,
  /\/tokens?\/verify$/i,
];

/**
 * @param wanted names of its security schemes; null: how people connect is said elsewhere
 * @throws Refused
 */
export function fromOpenApi({ content, at }: Document, wanted: readonly string[] | null): Found {
  const parsed = Description.safeParse(content);
  if (!parsed.success || !parsed.data.openapi.startsWith("3.")) {
    const version = "swagger" in content ? `Swagger ${String(content["swagger"])}: ` : "";
    throw new Refused(`${version}This is no OpenAPI 3 description, which says so in its field openapi.`);
  }
  const { info, externalDocs, paths } = parsed.data;
  const address = addressOf(content["servers"], at);
  const schemes = wanted && schemesOf(content, wanted, address.base ?? at?.href);
  const plain = plainRequests(paths);
  const verify = WHO.flatMap((called) => plain.filter((path) => called.test(path)))[0];
  const fields = { ...address.fields, ...Json.catch({}).parse(schemes?.service["fields"]) };
  return {
    service: known({
      name:
        info.title
          .replaceAll(/\p{Cc}/gu, " ")
          .trim()
          .slice(0, 80) || undefined,
      docs: externalDocs?.url,
      ...schemes?.service,
      fields: Object.keys(fields).length > 0 ? fields : undefined,
      api_base_url: address.base,
      verify: verify && { path: verify },
    }),
    notes: [...(schemes?.notes ?? []), ...told(address, verify, plain)],
  };
}

function told({ base, fields }: Address, verify: string | undefined, plain: readonly string[]): string[] {
  const others = plain.slice(0, 5).join(", ");
  return [
    ...(base === undefined ? ["It does not say where its API is: --api does."] : []),
    ...(Object.keys(fields).length > 0
      ? [`People will be asked for ${Object.keys(fields).join(", ")}, which its address has: look at each pattern.`]
      : []),
    ...(verify ? [`Whose account it is is guessed to be at GET ${verify}: --verify says otherwise.`] : []),
    ...(!verify && others !== ""
      ? [`--verify names a GET that only answers whom it knows, perhaps one of ${others}.`]
      : []),
  ];
}

const Parameter = z.object({ in: z.string(), required: z.boolean().optional() });
const Operation = z.object({ parameters: z.array(Json).default([]), security: z.array(Json).optional() });

/** The paths of GETs that need nothing but a credential, the shortest first. */
function plainRequests(paths: Readonly<Record<string, JsonObject>>): string[] {
  const plain = Object.entries(paths).flatMap(([path, item]) => {
    const operation = Operation.safeParse(item["get"]);
    // What answers anybody tells nothing of a key.
    if (!operation.success || operation.data.security?.length === 0 || /[{}?#\s]/.test(path)) return [];
    const shared = z.array(Json).catch([]).parse(item["parameters"]);
    const needsMore = [...shared, ...operation.data.parameters].some(
      (parameter) => Parameter.safeParse(parameter).data?.required,
    );
    return needsMore ? [] : [path];
  });
  return plain.toSorted((one, other) => one.length - other.length);
}
