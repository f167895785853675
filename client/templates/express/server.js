/** A backend whose users connect their accounts through Latchkey, with Express. */
import express from "express";
import { WebhookError } from "latchkey-client/webhooks";
import { eventsOf, note, signIn, userOf } from "./acme.js";
import { connectUrl, finish, here, readEvent, repositories } from "./latchkey.js";
import { failedPage, homePage, loginPage } from "./page.js";

const app = express();

app.get("/", async (request, response) => {
  const user = userOf(request.headers.cookie);
  response.send(user === undefined ? loginPage() : homePage(user, await repositories(user), eventsOf(user)));
});

app.post("/login", express.urlencoded(), (request, response) => {
  const { name } = request.body;
  if (typeof name === "string" && name !== "") response.setHeader("Set-Cookie", signIn(name));
  response.redirect(303, "/");
});

app.post("/connect", async (request, response) => {
  const user = userOf(request.headers.cookie);
  response.redirect(303, user === undefined ? "/" : await connectUrl(user));
});

app.get("/connected", async (request, response) => {
  const user = userOf(request.headers.cookie);
  const { connection_code, error } = request.query;
  if (user === undefined || typeof connection_code !== "string") {
    response.status(400).send(failedPage(typeof error === "string" ? error : "failed"));
    return;
  }
  await finish(user, connection_code);
  response.redirect(303, "/");
});

// The signature is over the bytes that were sent, so they are not parsed before it is verified.
app.post("/webhook", express.raw({ type: () => true }), async (request, response) => {
  try {
    note(await readEvent({ headers: request.headers, body: request.body }));
    response.status(204).end();
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    response.status(400).send(error.code);
  }
});

/** Express takes one for errors by its four parameters. @type {import("express").ErrorRequestHandler} */
const answerError = (error, _request, response, _next) => {
  console.error(error);
  response.status(500).send(failedPage(error instanceof Error ? error.message : "failed"));
};
app.use(answerError);

const { hostname, port } = new URL(here);
app.listen(Number(port), hostname, (error) => {
  if (error === undefined) return console.log(`Acme is on ${here}`);
  console.error(`${here} cannot be served (${error.message}). If the port is in use, end what uses it.`);
  process.exit(1);
});
