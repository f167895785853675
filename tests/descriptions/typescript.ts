/** Holds answers and requests against types that others wrote: the compiler is the judge. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Checker, Origin, Sent } from "./description.ts";
import { routeOf } from "./openapi.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FLAGS = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--pretty", "false", "--target", "es2024"];
const MODULES = ["--module", "esnext", "--moduleResolution", "bundler", "--types", ""];
/** A property that the type does not have. */
const EXCESS = "TS2353";

/** A value, and the type that it should be of. */
export interface Claim {
  /** What a complaint begins with. */
  readonly label: string;
  readonly value: unknown;
  readonly type: string;
  /** `answer`: it may have more than the type knows. `query`: every value is text, and a name that is not known is wrong. */
  readonly kind: "answer" | "body" | "query";
}

const PROLOGUE = [
  "const fits = <T>() => <V extends T>(value: V): V => value;",
  "type Text<T> = { [K in keyof T]?: NonNullable<T[K]> extends number ? `${number}` : NonNullable<T[K]> extends boolean",
  '  ? "true" | "false" : NonNullable<T[K]> extends readonly unknown[] ? string | readonly string[] : string };',
  "fits; type Used = Text<object>; type UsedToo = Used;",
].join(" ");

/**
 * Compiles values as if they were of their types, all at once.
 * @param imports lines that bring the names in which the types are written
 * @returns a sentence for each that is not
 */
export async function misfits(imports: readonly string[], claims: readonly Claim[]): Promise<readonly string[]> {
  if (claims.length === 0) return [];
  const cache = join(ROOT, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "types-"));
  try {
    const file = join(folder, "claims.ts");
    const head = [...imports, PROLOGUE];
    await writeFile(file, [...head, ...claims.map(written), ""].join("\n"));
    return complaintsIn(await compiled(file), head.length, claims);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One line for each, so that the compiler's line says which. */
function written({ kind, type, value }: Claim): string {
  const json = JSON.stringify(value);
  if (kind === "query") return `(${json}) satisfies Text<${type}>;`;
  return kind === "body" ? `(${json}) satisfies ${type};` : `fits<${type}>()(${json});`;
}

function compiled(file: string): Promise<string> {
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, ...FLAGS, ...MODULES, file], { cwd: ROOT }, (error, out, err) =>
      resolve(error === null ? "" : `${out}${err}` || error.message),
    );
  });
}

function complaintsIn(output: string, before: number, claims: readonly Claim[]): string[] {
  const found = output.split("\n").flatMap((line) => {
    const [, number, code, text] = /\((\d+),\d+\): error (TS\d+): (.*)$/.exec(line) ?? [];
    return number === undefined ? [] : [{ at: Number(number) - 1 - before, code: code ?? "", text: text ?? "" }];
  });
  if (output !== "" && found.length === 0) return [`the compiler failed: ${output}`];
  return found.flatMap(({ at, code, text }) => {
    const claim = claims[at];
    if (claim === undefined) return [`the claims do not compile: ${text}`];
    // Where a value does not fit, the compiler also lists what it has beside the type, which is no reason.
    const isAside =
      claim.kind === "answer" && code === EXCESS && found.some((one) => one.at === at && one.code !== EXCESS);
    return isAside ? [] : [`${claim.label}: ${text}`];
  });
}

/** How a route is described by types. */
export interface TypedRoute {
  /** The address that the route's path stands under. */
  readonly server: string;
  /** The type of the answer; null where it is none in JSON. */
  readonly answer: string | null;
  /** The type whose properties are the parameters of the query. */
  readonly query?: string;
  /** The type of the body that is sent; none: no JSON is. */
  readonly body?: string;
  /** What the service's page shows in every answer: `id`, `files[].owners`, an empty list has none of them. */
  readonly always?: readonly string[];
}

/** Routes whose answers, parameters and bodies are types of packages. */
export interface TypedDescription extends Origin {
  readonly imports: readonly string[];
  readonly routes: Readonly<Record<string, TypedRoute>>;
}

/** A checker whose complaints about types come when it is finished. */
export function typed({ imports, routes, ...origin }: TypedDescription): Checker {
  let claims: Claim[] = [];
  const find = (route: string): TypedRoute => {
    const found = routes[route];
    if (found === undefined) throw new Error(`${route} is not described.`);
    return found;
  };
  return {
    ...origin,
    serverOf: (route) => find(route).server,
    answer: ({ route, type }, { headers, body }) => {
      const { answer, always = [] } = find(route);
      const expected = type ?? answer;
      const isJson = (headers.get("content-type") ?? "").includes("json");
      if (expected === null) return isJson ? ["JSON where none is described"] : [];
      if (!isJson) return [`no JSON where ${expected} is described`];
      claims.push({ label: route, value: body, type: expected, kind: "answer" });
      return always.flatMap((path) => missing(body, path).map((where) => `${where} is always there, but not here`));
    },
    request: (sent) => {
      const route = routeOf(routes, sent);
      if (route === undefined) return undefined;
      const { query, body } = find(route);
      const asked = Object.fromEntries(new URLSearchParams(sent.query));
      claims.push({ label: `${route} query`, value: asked, type: query ?? "{}", kind: "query" });
      return {
        route,
        complaints: bodyOf(sent, body, (value, type) => claims.push({ label: route, value, type, kind: "body" })),
      };
    },
    finish: () => {
      const all = claims;
      claims = [];
      return misfits(imports, all);
    },
  };
}

function bodyOf(sent: Sent, type: string | undefined, claim: (value: unknown, type: string) => void): string[] {
  if (sent.body === "") return type === undefined ? [] : ["a body is required"];
  if (type === undefined) return ["no body is described"];
  const isForm = (sent.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  claim(isForm ? Object.fromEntries(new URLSearchParams(sent.body)) : JSON.parse(sent.body), type);
  return [];
}

/** Names with spaces between. */
export const names = (text: string): readonly string[] => text.split(" ");

/** Where in a value something is that should have a property and has not. */
function missing(value: unknown, path: string): string[] {
  const [, name = "", list, rest] = /^(@[\w.]+|[^.[]+)(\[\])?(?:\.(.*))?$/.exec(path) ?? [];
  const found: unknown = Object.entries(Object(value)).find(([key]) => key === name)?.[1];
  if (found === undefined) return [name];
  if (rest === undefined) return [];
  const inside = list === undefined ? [found] : Array.isArray(found) ? found : [];
  return inside.flatMap((one: unknown) => missing(one, rest)).map((where) => `${name}.${where}`);
}
