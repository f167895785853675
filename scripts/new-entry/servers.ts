/** Where an OpenAPI description says that its API is: an address, and what has to be typed of it. */
import * as z from "zod";
import type { JsonObject } from "../openapi/schemas.ts";
import { known } from "./document.ts";

const Variable = z.object({
  enum: z.array(z.coerce.string()).min(1).optional().catch(undefined),
  default: z.coerce.string().optional(),
  description: z.string().optional().catch(undefined),
});
const Server = z.object({ url: z.string(), variables: z.record(z.string(), Variable).default({}) });
type Server = z.output<typeof Server>;
type Variable = z.output<typeof Variable>;

const SLOT = /\{([^{}]+)\}/g;
/** Part of a host, and a whole one. The pattern decides where keys and tokens go. */
const HOST_PART = "[a-z0-9-]{1,63}";
const HOST = "[a-z0-9.-]{1,253}";

/** The address, where there is one, and the inputs that its names stand for. */
export interface Address {
  readonly base: string | undefined;
  readonly fields: JsonObject;
}

/**
 * The first server that is https, else the first.
 * @param at what a relative address is relative to
 */
export function addressOf(servers: unknown, at: URL | null): Address {
  const all = z.array(Server).catch([]).parse(servers);
  const server = all.find(({ url, variables }) => schemeOf(url, variables) === "https") ??
    all[0] ?? { url: "/", variables: {} };
  const whole = absolute(server, at);
  if (whole === undefined) return { base: undefined, fields: {} };
  const [, scheme = "", host = "", path = ""] = /^([a-z]+:\/\/)([^/?#]*)(.*)$/s.exec(whole) ?? [];
  const fields: JsonObject = {};
  const filled = (part: string, isHost: boolean): string =>
    part.replaceAll(SLOT, (slot, name: string, position: number) => {
      const variable = server.variables[name] ?? {};
      const isPort = isHost && part[position - 1] === ":";
      const only = isPort ? (variable.default ?? "443") : variable.enum?.length === 1 ? variable.enum[0] : undefined;
      if (only !== undefined) return only;
      const field = fieldName(name);
      fields[field] = input(
        name,
        variable,
        isHost ? (slot === part.replace(/:.*$/, "") ? HOST : HOST_PART) : undefined,
      );
      return `{${field}}`;
    });
  return { base: (scheme + filled(host, true) + filled(path, false)).replace(/\/+$/, ""), fields };
}

function schemeOf(url: string, variables: Server["variables"]): string | undefined {
  const [, scheme] = /^([^:/]+|\{[^}]+\}):\/\//.exec(url) ?? [];
  const name = scheme && /^\{(.+)\}$/.exec(scheme)?.[1];
  if (!name) return scheme?.toLowerCase();
  const choices = variables[name]?.enum;
  return choices && !choices.includes("https") ? choices[0] : "https";
}

function absolute({ url, variables }: Server, at: URL | null): string | undefined {
  const scheme = schemeOf(url, variables);
  if (scheme !== undefined) return `${scheme}://${url.replace(/^[^/]*:\/\//, "")}`;
  if (url.startsWith("//")) return `https:${url}`;
  // A host that somebody has forgotten the scheme of.
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/|$)/i.test(url)) return `https://${url}`;
  if (!at) return undefined;
  return url.startsWith("/") ? at.origin + url : new URL(".", at).href + url.replace(/^\.\//, "");
}

/** @param pattern of a part of a host */
function input(name: string, variable: Variable, pattern: string | undefined): JsonObject {
  const { enum: choices, default: unsaid, description } = variable;
  const isSecret = /token|secret|password|api_?key/i.test(name);
  return known({
    title: titleOf(name),
    description: sentence(description),
    secret: isSecret || undefined,
    choices,
    pattern: choices ? undefined : pattern,
    // What stands for a host is often a made-up one, which is somebody's all the same: it is shown, and has to be typed.
    ...(choices === undefined && (pattern !== undefined || isSecret) ? { example: unsaid } : { default: unsaid }),
  });
}

/** A name as templates have them: `X-Api-Key` is `api_key`. */
export const fieldName = (name: string): string =>
  name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replace(/^(?:x_)?[^a-z]*/, "")
    .replace(/_+$/, "")
    .slice(0, 40) || "value";

/** `api_key` is "API key". */
export const titleOf = (name: string): string => {
  const words = fieldName(name)
    .replaceAll("_", " ")
    .replace(/\bapi\b/, "API")
    .replace(/\bid\b/, "ID");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The first sentence of a description, without its marks and lines. */
export function sentence(text: string | undefined): string | undefined {
  const [first = ""] = (text ?? "").trim().split(/\n\s*\n|(?<=[.!?])\s/);
  const plain = first
    .replaceAll(/<[^>]*>|[*`]|\p{Cc}+|\]\([^)]*\)|\[/gu, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ (?=[.,;:])/g, "")
    .trim();
  return plain === "" || plain.length > 400 ? undefined : plain;
}
