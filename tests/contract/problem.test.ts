/** An error of ours, said as a service says its own: by data alone. */
import { expect, it } from "vitest";
import { describe } from "../../src/contract/describe.ts";
import type { Json } from "../../src/contract/provider.ts";
import { Service } from "../../src/contract/service.ts";

const OURS = { status: 401, code: "reauth_required", message: "Connect {again}.", request_id: "r-1" };

const said = (problem: Record<string, Json>) => describe({ id: "x", api: { problem } }).api.toProblem?.(OURS);

it("is ours where the template names it, and the template's everywhere else", () => {
  const template = {
    type: "error",
    error: { type: "authentication_error", code: "{code}", message: "{message} ({request_id})", param: null },
    errors: [{ status: "{status}", text: "HTTP {status}" }, 1, true],
    "{code}": "{unknown}",
  };
  expect(said(template)).toEqual({
    status: 401,
    body: {
      type: "error",
      error: {
        type: "authentication_error",
        code: "reauth_required",
        message: "Connect {again}. (r-1)",
        param: null,
      },
      errors: [{ status: 401, text: "HTTP 401" }, 1, true],
      "{code}": "{unknown}",
    },
  });
});

it("fills each part once, whatever a message says", () => {
  const message = "{code} $& {message}";
  const provider = describe({ id: "x", api: { problem: { error: "{message}" } } });
  expect(provider.api.toProblem?.({ ...OURS, message })).toEqual({ status: 401, body: { error: message } });
});

it("is a built-in provider's own where an entry that extends it says nothing", () => {
  const base = describe({ id: "x", api: { problem: { error: "{code}" } } });
  expect(describe({ id: "y" }, base).api.toProblem?.(OURS)).toEqual({ status: 401, body: { error: OURS.code } });
  expect(describe({ id: "x" }).api.toProblem).toBeNull();
});

it.each([
  ["no object", "{message}"],
  ["a list", ["{message}"]],
])("is refused as %s", (_, problem) => {
  expect(Service.safeParse({ id: "x", api: { problem } }).success).toBe(false);
});
