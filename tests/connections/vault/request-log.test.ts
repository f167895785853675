/** The requests of an app in the vault of a version that had none. */
import { expect, it } from "vitest";
import type { LoggedRequest } from "../../../src/api-requests.ts";
import { withVault } from "../../support/lone-vault.ts";
import { appBefore, putBack } from "../../support/vault-before.ts";

const REQUEST: LoggedRequest = {
  request_id: "8b1c",
  at: new Date().toISOString(),
  method: "GET",
  route: "/proxy/*",
  status: 200,
  outcome: "ok",
  duration_ms: 1,
  user: null,
  integration: null,
  provider: null,
  connection: null,
};

it("begin with the first that is put in, and nothing else changes", () =>
  withVault(async (_, { state, reopen, rows }) => {
    putBack(state, appBefore);
    const vault = reopen();
    expect(vault.loggedRequests({}, 10, null)).toEqual([]);
    const connections = rows("SELECT * FROM connections");
    vault.logRequests([REQUEST]);
    expect(reopen().loggedRequests({}, 10, null)).toEqual([REQUEST]);
    expect(rows("SELECT * FROM connections")).toEqual(connections);
  }));

it("of a vault that nobody owns are not kept", () =>
  withVault(async (vault) => {
    vault.logRequests([REQUEST]);
    expect(vault.loggedRequests({}, 10, null)).toEqual([]);
  }));
