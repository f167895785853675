/** A backend whose users connect their accounts through Latchkey, with Hono. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { WebhookError } from "latchkey-client/webhooks";
import { eventsOf, note, signIn, userOf } from "./acme.js";
import { connectUrl, finish, here, readEvent, repositories } from "./latchkey.js";
import { failedPage, homePage, loginPage } from "./page.js";

const app = new Hono();

app.get("/", async (c) => {
  const user = userOf(c.req.header("Cookie"));
  if (user === undefined) return c.html(loginPage());
  return c.html(homePage(user, await repositories(user), eventsOf(user)));
});

app.post("/login", async (c) => {
  const { name } = await c.req.parseBody();
  if (typeof name === "string" && name !== "") c.header("Set-Cookie", signIn(name));
  return c.redirect("/", 303);
});

app.post("/connect", async (c) => {
  const user = userOf(c.req.header("Cookie"));
  return c.redirect(user === undefined ? "/" : await connectUrl(user), 303);
});

app.get("/connected", async (c) => {
  const user = userOf(c.req.header("Cookie"));
  const { connection_code, error = "failed" } = c.req.query();
  if (user === undefined || connection_code === undefined) return c.html(failedPage(error), 400);
  await finish(user, connection_code);
  return c.redirect("/", 303);
});

app.post("/webhook", async (c) => {
  try {
    note(await readEvent({ headers: c.req.raw.headers, body: await c.req.text() }));
    return c.body(null, 204);
  } catch (error) {
    if (error instanceof WebhookError) return c.text(error.code, 400);
    throw error;
  }
});

app.onError((error, c) => {
  console.error(error);
  return c.html(failedPage(error.message), 500);
});

const { hostname, port } = new URL(here);
serve({ fetch: app.fetch, hostname, port: Number(port) }, () => console.log(`Acme is on ${here}`)).on(
  "error",
  (error) => {
    console.error(`${here} cannot be served (${error.message}). If the port is in use, end what uses it.`);
    process.exit(1);
  },
);
