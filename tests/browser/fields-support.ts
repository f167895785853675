/** What the tests of the form share: an app with the asking services, its links, and what a page keeps of what was typed. */
import { createServer } from "node:http";
import type { Page } from "playwright-core";
import * as z from "zod";
import { startAskingServices, type AskingServices } from "../servers/asking-services.ts";
import { portOf } from "../servers/port.ts";
import { ADMIN_KEY, startLatchkey, type Running } from "./support.ts";

export interface World {
  readonly latchkey: Running;
  readonly services: AskingServices;
  /** Of the app that people come from. */
  readonly site: string;
  readonly makeLink: (service: string, more?: Readonly<Record<string, unknown>>) => Promise<Link>;
  readonly finalize: (address: string) => Promise<unknown>;
  readonly sessionOf: (link: Link) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

const Link = z.object({ id: z.string(), connect_url: z.string() });
export type Link = z.output<typeof Link>;

export async function startWorld(): Promise<World> {
  const services = await startAskingServices();
  const app = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html" }).end("<title>Acme</title><h1>Acme</h1>");
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  const site = `http://127.0.0.1:${portOf(app)}`;
  const latchkey = await startLatchkey({ vars: { ADMIN_KEY, CUSTOM_PROVIDERS: JSON.stringify(services.entries) } });

  async function send<T>(
    method: string,
    path: string,
    key: string,
    body: unknown,
    schema: z.core.$ZodType<T>,
  ): Promise<T> {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const answer = await fetch(latchkey.origin + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return z.parse(schema, JSON.parse(text));
  }

  const about = { name: "Acme", return_urls: [`${site}/done`], accent: "#ffd400" };
  const Made = z.object({ id: z.string(), api_key: z.object({ key: z.string() }) });
  const { id, api_key } = await send("POST", "/apps", ADMIN_KEY, about, Made);
  const integrations = new Map<string, string>();
  for (const { id: slug, ...service } of services.entries) {
    const Saved = z.object({ integration: z.string() });
    const { integration } = await send("PUT", `/apps/${id}/integrations`, api_key.key, { slug, ...service }, Saved);
    integrations.set(slug, integration);
  }
  return {
    latchkey,
    services,
    site,
    makeLink: (service, more = {}) => {
      const wish = { user: "u-1", integration: integrations.get(service), return_to: `${site}/done`, ...more };
      return send("POST", "/connect-sessions", api_key.key, wish, Link);
    },
    finalize: (address) => {
      const connection_code = new URL(address).searchParams.get("connection_code");
      return send("POST", "/connections/finalize", api_key.key, { connection_code, user: "u-1" }, z.unknown());
    },
    sessionOf: ({ id: session }) => send("GET", `/connect-sessions/${session}`, api_key.key, undefined, z.unknown()),
    stop: async () => {
      await latchkey.stop();
      services.stop();
      app.close();
    },
  };
}

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();

/** What stands in the page's HTML, its address and its stores: where nothing that is typed may be. */
export const keptBy = (page: Page): Promise<string> =>
  page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      document.title,
      location.href,
      JSON.stringify(history.state),
      JSON.stringify(Object.entries(localStorage)),
      JSON.stringify(Object.entries(sessionStorage)),
    ].join("\n"),
  );

/** What has the focus. */
export const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");

/** Pastes as a person does. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.keyboard.press("ControlOrMeta+V");
}
