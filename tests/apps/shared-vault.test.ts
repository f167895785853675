/** The one vault that all apps share holds what is in use, and nothing of what was. */
import { expect, it } from "vitest";
import { OPERATOR } from "../../src/connections/connection.ts";
import { call, makeApp } from "../support/integrator.ts";
import { vaultFor } from "../support/vault.ts";

const records = async (kind: string) => (await (await vaultFor({ id: OPERATOR })).records(kind)).length;

it("origins that no app has any more leave no record", async () => {
  const app = await makeApp();
  const other = await makeApp({ origins: ["https://shared.example"] });
  const before = await records("origin");
  const origins = Array.from({ length: 20 }, (_, index) => `https://o${index}.example`);
  await call(app.key, "PATCH", `/apps/${app.id}`, { origins: [...origins, "https://shared.example"] });
  expect(await records("origin")).toBe(before + 20);
  await call(app.key, "PATCH", `/apps/${app.id}`, { origins: [] });
  expect(await records("origin")).toBe(before);
  expect((await call(other.key, "GET", "/connections", undefined, { Origin: "https://shared.example" })).status).toBe(
    200,
  );
});

it("an integration that was taken out leaves no record, and its id leads nowhere", async () => {
  const app = await makeApp();
  const before = await records("owned");
  const integration = app.integrations["github"] ?? "";
  expect((await call(app.key, "DELETE", `/apps/${app.id}/integrations/${integration}`)).status).toBe(204);
  expect(await records("owned")).toBe(before - 1);
  expect((await call(app.key, "GET", `/proxy/${integration}/user`, undefined, { "X-Latchkey-User": "u" })).status).toBe(
    404,
  );
});
