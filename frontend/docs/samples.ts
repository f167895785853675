/** A call as code: for a terminal, and with the clients for TypeScript and Python. */
import { userHeader } from "latchkey-client";
import { successOf, type Route } from "./document.ts";

/** What the reader has filled in; it stays in this page's memory. */
export interface Filled {
  readonly origin: string;
  /** Empty: a placeholder stands for it. */
  readonly key: string;
  readonly user: string;
  /** Of parameters in path and query, by name. */
  readonly values: Readonly<Record<string, string>>;
  /** JSON; empty for none. */
  readonly body: string;
}

export const KEY_PLACEHOLDER = "lk_...";
const USER_HEADER = "X-Latchkey-User";

/** Where a call goes, from its slash on. What is not filled in keeps its braces. */
export function pathOf({ path, operation }: Route, { values }: Pick<Filled, "values">): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (braces, name: string) => {
    const value = values[name] ?? "";
    // The path of a proxied call is a path, slashes and all.
    return value === "" ? braces : name === "path" ? value.replace(/^\//, "") : encodeURIComponent(value);
  });
  const query = new URLSearchParams(queryOf({ operation }, values));
  const separator = filled.includes("?") ? "&" : "?";
  return query.size === 0 ? filled : `${filled}${separator}${query}`;
}

function queryOf({ operation }: Pick<Route, "operation">, values: Filled["values"]): Record<string, string> {
  const named = operation.parameters.filter((parameter) => parameter.in === "query");
  return Object.fromEntries(named.flatMap(({ name }) => (values[name] ? [[name, values[name]]] : [])));
}

/** Numbers as numbers, as the clients' types have them. */
function typed(query: Readonly<Record<string, string>>, { operation }: Route): Record<string, unknown> {
  const isNumber = (name: string) => operation.parameters.find((each) => each.name === name)?.schema.type === "integer";
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, isNumber(name) && /^\d+$/.test(value) ? Number(value) : value]),
  );
}

const takesUser = ({ operation }: Route): boolean => operation.parameters.some(({ name }) => name === USER_HEADER);
const needsKey = ({ operation }: Route): boolean => operation.security.length > 0;

/** What a call is sent with beside its body. */
export function headersOf(route: Route, { key, user, body }: Filled): Record<string, string> {
  return {
    ...(needsKey(route) ? { Authorization: `Bearer ${key || KEY_PLACEHOLDER}` } : {}),
    ...(takesUser(route) && user !== "" ? { [USER_HEADER]: userHeader(user) } : {}),
    ...(body === "" ? {} : { "Content-Type": "application/json" }),
  };
}

export interface Sample {
  readonly label: string;
  readonly code: string;
}

/** Every way that the call can be written. */
export function samplesOf(route: Route, filled: Filled): readonly Sample[] {
  if (route.isWebhook) return [];
  const isJson = successOf(route.operation).content !== undefined;
  const clients = isJson
    ? [
        { label: "TypeScript", code: toTypeScript(route, filled) },
        { label: "Python", code: toPython(route, filled) },
      ]
    : [
        { label: "TypeScript", code: toFetch(route, filled) },
        { label: "Python", code: toUrllib(route, filled) },
      ];
  return [{ label: "curl", code: toCurl(route, filled) }, ...clients];
}

function toCurl(route: Route, filled: Filled): string {
  const url = filled.origin + pathOf(route, filled);
  const method = route.method.toUpperCase();
  const parts = [
    `curl ${quote(url)}`,
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...(/[[\]{}]/.test(url) ? ["--globoff"] : []),
    ...Object.entries(headersOf(route, filled)).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(filled.body === "" ? [] : [`--data-raw ${quote(filled.body)}`]),
  ];
  return parts.join(" \\\n  ");
}

/** One word for a shell, whatever is in it. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function pathValues(route: Route, { values }: Filled): Record<string, string> {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  return Object.fromEntries(names.map((name) => [name, values[name] || `{${name}}`]));
}

function toTypeScript(route: Route, filled: Filled): string {
  const [path, query] = [pathValues(route, filled), queryOf(route, filled.values)];
  const params = [
    ...(Object.keys(path).length === 0 ? [] : [`path: ${literal(path)}`]),
    ...(Object.keys(query).length === 0 ? [] : [`query: ${literal(typed(query, route))}`]),
  ];
  const options = [
    ...(params.length === 0 ? [] : [`  params: { ${params.join(", ")} },`]),
    ...(filled.body === "" ? [] : [`  body: ${indented(filled.body)},`]),
  ];
  const created = [
    `origin: ${JSON.stringify(filled.origin)}`,
    ...(needsKey(route) ? [`key: ${JSON.stringify(filled.key || KEY_PLACEHOLDER)}`] : []),
    ...(takesUser(route) && filled.user !== "" ? [`user: ${JSON.stringify(filled.user)}`] : []),
  ];
  const given = options.length === 0 ? "" : `, {\n${options.join("\n")}\n}`;
  return `import { answered, createLatchkey } from "latchkey-client";

const latchkey = createLatchkey({ ${created.join(", ")} });
const answer = await answered(latchkey.${route.method.toUpperCase()}(${JSON.stringify(route.path)}${given}));`;
}

function toPython(route: Route, filled: Filled): string {
  const [path, query] = [pathValues(route, filled), queryOf(route, filled.values)];
  const created = [
    JSON.stringify(filled.origin),
    ...(needsKey(route) ? [`key=${JSON.stringify(filled.key || KEY_PLACEHOLDER)}`] : []),
    ...(takesUser(route) && filled.user !== "" ? [`user=${JSON.stringify(filled.user)}`] : []),
  ];
  const given = [
    JSON.stringify(route.path),
    ...(Object.keys(path).length === 0 ? [] : [`params=${JSON.stringify(path)}`]),
    ...(Object.keys(query).length === 0 ? [] : [`query=${JSON.stringify(typed(query, route))}`]),
    ...(filled.body === "" ? [] : [`body=${pythonLiteral(filled.body)}`]),
  ];
  return `from latchkey_client import Latchkey

latchkey = Latchkey(${created.join(", ")})
answer = latchkey.${route.method}(
${given.map((each) => `    ${each},`).join("\n")}
)`;
}

/** For answers that are no JSON, which the clients do not read. */
function toFetch(route: Route, filled: Filled): string {
  const init = [
    ...(route.method === "get" ? [] : [`  method: "${route.method.toUpperCase()}",`]),
    `  headers: ${literal(headersOf(route, filled))},`,
    ...(filled.body === "" ? [] : [`  body: JSON.stringify(${indented(filled.body)}),`]),
  ];
  return `const response = await fetch(${JSON.stringify(filled.origin + pathOf(route, filled))}, {\n${init.join("\n")}\n});`;
}

function toUrllib(route: Route, filled: Filled): string {
  const given = [
    JSON.stringify(filled.origin + pathOf(route, filled)),
    `method=${JSON.stringify(route.method.toUpperCase())}`,
    `headers=${JSON.stringify(headersOf(route, filled))}`,
    ...(filled.body === "" ? [] : [`data=json.dumps(${pythonLiteral(filled.body)}).encode()`]),
  ];
  const imports = filled.body === "" ? "" : "import json\n";
  return `${imports}from urllib.request import Request, urlopen

request = Request(
${given.map((each) => `    ${each},`).join("\n")}
)
response = urlopen(request)`;
}

/** As one writes it: names without quotes where they need none. */
const literal = (value: Readonly<Record<string, unknown>>): string =>
  `{ ${Object.entries(value)
    .map(([name, each]) => `${/^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name)}: ${JSON.stringify(each)}`)
    .join(", ")} }`;

const indented = (json: string): string => json.replaceAll("\n", "\n  ");

/** JSON as Python writes it; what is no JSON stays as it was typed. */
function pythonLiteral(json: string): string {
  const words: Readonly<Record<string, string>> = { true: "True", false: "False", null: "None" };
  let isInString = false;
  return json
    .replaceAll(/\\.|"|\b(?:true|false|null)\b/g, (found) => {
      if (found === '"') isInString = !isInString;
      return isInString ? found : (words[found] ?? found);
    })
    .replaceAll("\n", "\n    ");
}
