/** The API to read and to try, out of `/openapi.json`. The key stays in this page's memory. */
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
}

interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** A schema as it reads, with the named ones in it written out. */
function written(schema: unknown, { components: { schemas } }: Document): string {
  const pointsTo = (value: unknown): string | undefined =>
    typeof value === "object" && value !== null && "$ref" in value ? String(value.$ref).split("/").at(-1) : undefined;
  const resolved = (_: string, value: unknown): unknown => {
    const name = pointsTo(value);
    return name === undefined ? value : schemas[name];
  };
  return JSON.stringify(schema, resolved, 2);
}

/** An element with its children; text is text. */
function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

const valueOf = (id: string): string => {
  const input = document.getElementById(id);
  return input instanceof HTMLInputElement ? input.value.trim() : "";
};

async function send(method: string, url: string, body: string | undefined): Promise<string> {
  const headers = new Headers({ Accept: "application/json", "X-CSRF": "1" });
  const [key, user] = [valueOf("key"), valueOf("user")];
  if (key !== "") headers.set("Authorization", `Bearer ${key}`);
  if (user !== "") headers.set("X-Latchkey-User", user);
  if (body !== undefined) headers.set("Content-Type", "application/json");
  const init = { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) };
  const response = await fetch(url, init);
  const text = await response.text();
  return `${response.status} ${response.statusText}\n\n${text}`;
}

/** Where a filled-in form leads. */
function toUrl(path: string, parameters: readonly Parameter[], values: FormData): string {
  const text = (name: string): string => {
    const value = values.get(name);
    return typeof value === "string" ? value : "";
  };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(text(name)));
  const query = new URLSearchParams();
  for (const { name } of parameters.filter((parameter) => parameter.in === "query")) {
    if (text(name) !== "") query.set(name, text(name));
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}

function tryForm(path: string, method: string, { parameters, requestBody }: Operation): HTMLFormElement {
  const inUrl = parameters.filter((parameter) => parameter.in !== "header");
  const fields = inUrl.map((parameter) => {
    const input = element("input");
    input.name = parameter.name;
    input.required = parameter.required;
    input.autocomplete = "off";
    return element("label", `${parameter.name} (${parameter.in})`, input);
  });
  const body = requestBody ? element("textarea") : undefined;
  if (body) {
    body.rows = 5;
    body.value = "{}";
  }
  const answer = element("pre");
  answer.hidden = true;
  answer.setAttribute("role", "status");
  const form = element(
    "form",
    ...fields,
    ...(body ? [element("label", "Body", body)] : []),
    element("button", "Send"),
    answer,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer.hidden = false;
    answer.textContent = "...";
    send(method, toUrl(path, inUrl, new FormData(form)), body?.value).then(
      (text) => (answer.textContent = text),
      () => (answer.textContent = "There was no answer. Look at the network and try again."),
    );
  });
  return form;
}

/** Long lines scroll inside, and scrolling has to work without a mouse. */
function schemaText(text: string, of: string): HTMLPreElement {
  const shown = element("pre", text);
  shown.tabIndex = 0;
  shown.setAttribute("role", "region");
  shown.setAttribute("aria-label", `Body of ${of}`);
  return shown;
}

function describe(api: Document, path: string, method: string, operation: Operation): HTMLDetailsElement {
  const { summary, description, responses, requestBody } = operation;
  const title = element("summary", element("code", `${method.toUpperCase()} ${path}`), ` ${summary}`);
  const answers = Object.entries(responses).map(([status, { description: codes }]) =>
    element("li", `${status}: ${codes}`),
  );
  const schema = requestBody?.content["application/json"]?.schema;
  return element(
    "details",
    title,
    element("p", description),
    ...(schema === undefined ? [] : [schemaText(written(schema, api), `${method.toUpperCase()} ${path}`)]),
    element("ul", ...answers),
    tryForm(path, method, operation),
  );
}

async function show(main: HTMLElement): Promise<void> {
  const api: Document = await (await fetch("/openapi.json")).json();
  const all = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  for (const [tag, operations] of Map.groupBy(all, ({ operation }) => operation.tags[0] ?? "")) {
    const described = operations.map(({ path, method, operation }) => describe(api, path, method, operation));
    main.append(element("h2", tag), ...described);
  }
  main.setAttribute("aria-busy", "false");
}

const main = document.getElementById("operations");
if (main) {
  show(main).catch(() => main.append(element("p", "The document could not be read. Load the page again.")));
}
