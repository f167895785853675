/** A server whose emulated services are called as their descriptions say, and watched while the product asks them. */
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import type { ServiceName } from "../../sandbox/clients.ts";
import type { Answered, DescribedCall, Description, Sent } from "../descriptions/description.ts";
import { writesOf, type controlOf } from "./sdk-support.ts";
import type { Person } from "./person.ts";

const Loaded = z.object({ items: z.array(z.unknown()), next_cursor: z.string().nullable() });
const SentSchema = z.object({
  method: z.string(),
  host: z.string(),
  path: z.string(),
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

type Control = ReturnType<typeof controlOf>;

/** Presses Connect and allows it. */
export async function connect(person: Person, control: Control, integration: string, account: number): Promise<void> {
  const { href } = await person.startAt(integration);
  await person.comeBack(await control.consent(href, account));
}

/** A whole life of a connection: made, read three pages far, renewed, given back. @returns what the service was asked */
export async function lifeOf(person: Person, control: Control, service: ServiceName): Promise<Sent[]> {
  const asked = async (path: string, method = "GET") => {
    const response = await person.fetch(path, { method, headers: { "X-CSRF": "1" } });
    if (!response.ok && response.status !== 409)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const entries = await control.during(async () => {
    await connect(person, control, service, 0);
    await asked(`/data/${service}`);
    let cursor: string | null = "";
    for (let page = 0; page < 3 && cursor !== null; page += 1) {
      const query = new URLSearchParams({ limit: "5", ...(cursor === "" ? {} : { cursor }) });
      cursor = Loaded.parse(await (await asked(`/integrations/${service}/load?${query}`)).json()).next_cursor;
    }
    // Renewed once in a while at most: a refresh right after the exchange is one of those.
    await asked(`/integrations/${service}/refresh`, "POST");
    // Whoever else lives on the grant: the service is to be asked.
    await asked(`/integrations/${service}/credentials?shared=end`, "DELETE");
    await setTimeout(0);
  });
  return z.array(SentSchema).parse(entries);
}

/** Makes the calls of a description one after the other. @returns what each was answered */
export async function callAll(
  { calls, checker, service, values = {} }: Description,
  proxy: string,
  key: string,
): Promise<{ readonly call: DescribedCall; readonly answer: Answered }[]> {
  const known: Record<string, string> = { ...values };
  const home = new URL(checker.serverOf(calls[0]?.route ?? "")).host;
  const answers = [];
  for (const call of calls) {
    const names = { ...known, ...call.with };
    const { host, pathname } = new URL(checker.serverOf(call.route));
    const [method = "", path = ""] = call.route.split(" ");
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(filledIn(name, names)));
    const asked = Object.entries(call.query ?? {}).map(([name, value]) => [name, whole(value, names)]);
    const query = asked.length === 0 ? "" : `?${new URLSearchParams(asked)}`;
    const there = `${proxy}/${writesOf(service)}${host === home ? "" : `/~${host}`}${pathname.replace(/\/$/, "")}`;
    const response = await fetch(`${there}${filled}${query}`, {
      method,
      redirect: "manual",
      headers: {
        Authorization: `Bearer ${key}`,
        ...(typeof call.body === "object" ? { "Content-Type": "application/json" } : {}),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: written(call.body, names) }),
    });
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
    const body: unknown = isJson && text !== "" ? JSON.parse(text) : text;
    for (const [name, pointer] of Object.entries(call.keep ?? {})) known[name] = String(valueAt(body, pointer));
    answers.push({ call, answer: { status: response.status, headers: response.headers, body } });
  }
  return answers;
}

function filledIn(name: string, names: Readonly<Record<string, string>>): string {
  const value = names[name];
  if (value === undefined)
    throw new Error(`Nothing stands for {${name}}: keep it from an answer, or name it in values.`);
  return value;
}

function written(body: object | string, names: Readonly<Record<string, string>>): string {
  if (typeof body === "string") return body;
  return JSON.stringify(body, (_, value: unknown) => (typeof value === "string" ? whole(value, names) : value));
}

/** A text that is a whole `{name}` is what stands for it. */
function whole(text: string, names: Readonly<Record<string, string>>): string {
  const name = /^\{(\w+)\}$/.exec(text)?.[1];
  return name === undefined ? text : filledIn(name, names);
}

function valueAt(body: unknown, pointer: string): unknown {
  const steps = pointer.split("/").slice(1);
  return steps.reduce<unknown>(
    (found, step) => z.record(z.string(), z.unknown()).parse({ ...Object(found) })[step],
    body,
  );
}
