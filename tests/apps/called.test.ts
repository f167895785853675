/** What an app is called stands where people are asked to trust it, so nothing in it changes how the rest reads. */
import { expect, it } from "vitest";
import { AppChange, NewApiKey, NewApp } from "../../src/api-apps.ts";

it.each([
  ["turns the direction of writing", "Ann\u202Egpj"],
  ["isolates it", "Ann\u2066"],
  ["marks it", "\u200FAnn"],
  ["breaks the line", "Ann\nBen"],
  ["breaks it as Unicode may", "Ann\u2028Ben"],
  ["ends a string elsewhere", "Ann\u0000"],
])("no name %s", (_, name) => {
  for (const schema of [NewApp, AppChange, NewApiKey]) expect(schema.safeParse({ name }).success).toBe(false);
});

it.each(["Ann & Ben's <App>", "Ünïcode", "אפליקציה", "👩‍💻 at work"])("%s is a name", (name) => {
  expect(NewApp.parse({ name }).name).toBe(name);
});
