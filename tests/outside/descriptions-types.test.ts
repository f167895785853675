/** What the compiler says of answers and requests that do not fit their types, and that it says nothing of those that do. */
import { expect, it } from "vitest";
import { misfits, type Claim } from "../descriptions/typescript.ts";

const imports = [
  'import type * as graph from "@microsoft/microsoft-graph-types";',
  "type Options = { $select?: string; $top?: number; $count?: boolean };",
  "type Folder = { name: string; folder: object };",
];
const claim = (label: string, kind: Claim["kind"], type: string, value: unknown): Claim => ({
  label,
  kind,
  type,
  value,
});

it("complains of each that does not fit, by its name, and of no other", async () => {
  const found = await misfits(imports, [
    claim("fits", "answer", "graph.Message", { importance: "high", isRead: true }),
    claim("has more", "answer", "{ value: graph.DriveItem[] }", { value: [{ id: "1", "@odata.etag": "x" }] }),
    claim("wrong type", "answer", "{ value: graph.DriveItem[] }", {
      value: [{ id: "1" }, { "@odata.etag": "x", size: "3" }],
    }),
    claim("no such word", "answer", "graph.Message", { importance: "extreme" }),
    claim("lacks a property", "answer", "Folder", { name: "x" }),
    claim("asks rightly", "query", "Options", { $top: "10", $select: "id", $count: "true" }),
    claim("asks for what is no number", "query", "Options", { $top: "ten" }),
    claim("asks for what is not there", "query", "Options", { $pick: "id" }),
    claim("sends rightly", "body", "Folder", { name: "x", folder: {} }),
    claim("sends more", "body", "Folder", { name: "x", folder: {}, colour: "red" }),
  ]);
  expect(found.map((complaint) => complaint.replace(/:.*/, ""))).toEqual([
    "wrong type",
    "no such word",
    "lacks a property",
    "asks for what is no number",
    "asks for what is not there",
    "sends more",
  ]);
});

it("says so where the types themselves are wrong", async () => {
  const wrong = claim("any", "answer", "graph.NoSuchThing", { id: "1" });
  expect(await misfits(imports, [wrong])).toEqual([expect.stringContaining("NoSuchThing")]);
  expect(await misfits(['import type { X } from "no-such-package";'], [claim("any", "answer", "X", {})])).not.toEqual(
    [],
  );
});
