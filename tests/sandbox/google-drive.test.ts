/** Drive in the sandbox: what is written is kept, and what is read back is what was written. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { control } from "../support/emulator.ts";
import { clientOf, type Client } from "../support/client.ts";

const AUTH = "https://www.googleapis.com/auth";
const HOST = "www.googleapis.com";
const FILES = "/drive/v3/files";
const UPLOAD = "/upload/drive/v3/files";
const File = z.looseObject({ id: z.string(), name: z.string() });
const Files = z.object({ files: z.array(File), nextPageToken: z.string().optional() });
const Tokens = z.object({ startPageToken: z.string() });

let drive: Client;
beforeEach(async () => {
  await control("google").reset();
  drive = await clientOf("google", HOST, [`${AUTH}/drive`]);
});

const made = async (said: object): Promise<z.infer<typeof File>> =>
  File.parse(await drive.json("POST", FILES, { json: said }));
const listed = async (query: string) => Files.parse(await drive.json("GET", `${FILES}?${query}`)).files;
const reasonOf = async (answer: Response): Promise<string> => {
  const Failure = z.object({ error: z.object({ errors: z.tuple([z.object({ reason: z.string() })]) }) });
  return Failure.parse(await answer.json()).error.errors[0].reason;
};
const multipart = (metadata: object, type: string, content: string) => ({
  headers: { "Content-Type": "multipart/related; boundary=the_boundary" },
  body: [
    "--the_boundary",
    "Content-Type: application/json; charset=UTF-8",
    "",
    JSON.stringify(metadata),
    "--the_boundary",
    `Content-Type: ${type}`,
    "",
    `${content}\r\n--the_boundary--`,
  ].join("\r\n"),
});

describe("a file", () => {
  it("is made, read, renamed, starred, copied and deleted", async () => {
    const { id } = await made({ name: "Plan", mimeType: "text/plain" });
    const at = `${FILES}/${id}`;
    expect(await drive.json("PATCH", at, { json: { name: "Plan B", starred: true } })).toMatchObject({
      name: "Plan B",
    });
    expect(await drive.json("GET", `${at}?fields=*`)).toMatchObject({ name: "Plan B", starred: true, ownedByMe: true });
    const copy = File.parse(await drive.json("POST", `${at}/copy`, { json: {} }));
    expect(copy.name).toBe("Copy of Plan B");
    expect((await drive.call("DELETE", at)).status).toBe(204);
    expect(await reasonOf(await drive.call("GET", at))).toBe("notFound");
    expect(await drive.json("GET", `${FILES}/${copy.id}`)).toMatchObject({ name: "Copy of Plan B" });
  });

  it("keeps its name where something else of it changes", async () => {
    const { id } = await made({ name: "Plan", mimeType: "text/plain", starred: true });
    await drive.json("PATCH", `${FILES}/${id}`, { json: { description: "Of the harbour" } });
    const whole = await drive.json("GET", `${FILES}/${id}?fields=name,starred,description`);
    expect(whole).toEqual({ name: "Plan", starred: true, description: "Of the harbour" });
  });

  it("lies in a folder, and moves by addParents and removeParents alone", async () => {
    const folder = await made({ name: "Harbour", mimeType: "application/vnd.google-apps.folder" });
    const { id } = await made({ name: "Map", mimeType: "text/plain" });
    const parents = async () =>
      z.object({ parents: z.tuple([z.string()]) }).parse(await drive.json("GET", `${FILES}/${id}?fields=parents`))
        .parents[0];
    const root = await parents();
    expect(await reasonOf(await drive.call("PATCH", `${FILES}/${id}`, { json: { parents: [folder.id] } }))).toBe(
      "fieldNotWritable",
    );
    await drive.json("PATCH", `${FILES}/${id}?addParents=${folder.id}&removeParents=${root}`, { json: {} });
    expect(await parents()).toBe(folder.id);
    const inside = await listed(`q=${encodeURIComponent(`'${folder.id}' in parents and trashed = false`)}`);
    expect(inside.map((file) => file.id)).toEqual([id]);
  });

  it("is thrown away, found in the trash, and gone when it is emptied", async () => {
    const { id } = await made({ name: "Old", mimeType: "text/plain" });
    await drive.json("PATCH", `${FILES}/${id}`, { json: { trashed: true } });
    expect((await listed("q=trashed%3Dtrue")).map((file) => file.id)).toEqual([id]);
    expect((await drive.call("DELETE", `${FILES}/trash`)).status).toBe(204);
    expect(await listed("q=trashed%3Dtrue")).toEqual([]);
  });

  it("of somebody else can neither be changed nor deleted", async () => {
    const [theirs] = await listed("q=sharedWithMe&pageSize=1");
    for (const method of ["PATCH", "DELETE"]) {
      const answer = await drive.call(method, `${FILES}/${theirs?.id}`, method === "PATCH" ? { json: {} } : {});
      expect(await reasonOf(answer)).toBe("insufficientFilePermissions");
    }
  });

  it("of a shared drive shows only to who says that it knows of them", async () => {
    const all = await listed(
      "pageSize=1000&supportsAllDrives=true&includeItemsFromAllDrives=true&fields=files(id,name,driveId)",
    );
    const [shared] = all.filter((file) => file["driveId"] !== undefined);
    expect((await listed("pageSize=1000")).length).toBeLessThan(all.length);
    expect((await drive.call("GET", `${FILES}/${shared?.id}`)).status).toBe(404);
    expect((await drive.call("GET", `${FILES}/${shared?.id}?supportsAllDrives=true`)).status).toBe(200);
  });
});

describe("content", () => {
  const text = "bytes ✓ and \u0000 more\n";
  const size = String(new TextEncoder().encode(text).length);
  const fields = "fields=id,name,size,mimeType,md5Checksum";

  it("goes up with its metadata in one body, and its size and type are its own", async () => {
    const answer = await drive.json(
      "POST",
      `${UPLOAD}?uploadType=multipart&${fields}`,
      multipart({ name: "Both" }, "text/plain", text),
    );
    expect(answer).toMatchObject({ name: "Both", size, mimeType: "text/plain" });
    const { id } = File.parse(answer);
    const media = await drive.call("GET", `${FILES}/${id}?alt=media`);
    expect(media.headers.get("Content-Type")).toBe("text/plain");
    expect(await media.text()).toBe(text);
    const part = await drive.call("GET", `${FILES}/${id}?alt=media`, { headers: { Range: "bytes=0-4" } });
    expect([part.status, await part.text(), part.headers.get("Content-Range")]).toEqual([
      206,
      "bytes",
      `bytes 0-4/${size}`,
    ]);
  });

  it("goes up alone, and is replaced", async () => {
    const first = await drive.json("POST", `${UPLOAD}?uploadType=media&${fields}`, {
      body: "one",
      headers: { "Content-Type": "text/csv" },
    });
    expect(first).toMatchObject({ size: "3", mimeType: "text/csv", md5Checksum: "f97c5d29941bfb1b2fdab0874906ab82" });
    const { id } = File.parse(first);
    await drive.json("PATCH", `${UPLOAD}/${id}?uploadType=media`, {
      body: text,
      headers: { "Content-Type": "text/plain" },
    });
    expect(await (await drive.call("GET", `${FILES}/${id}?alt=media`)).text()).toBe(text);
    expect(await drive.json("GET", `${FILES}/${id}?${fields}`)).toMatchObject({ size });
  });

  it("goes up in pieces, is asked how far it is, and goes on from there", async () => {
    const step = 256 * 1024;
    const whole = "0123456789abcdef".repeat((2 * step + 160) / 16);
    const begun = await drive.call("POST", `${UPLOAD}?uploadType=resumable&${fields}`, {
      json: { name: "Long" },
      headers: { "X-Upload-Content-Type": "text/plain" },
    });
    const session = begun.headers.get("Location") ?? "";
    const put = (body: string, range: string) =>
      drive.call("PUT", session, { ...(body === "" ? {} : { body }), headers: { "Content-Range": `bytes ${range}` } });
    const first = await put(whole.slice(0, step), `0-${step - 1}/*`);
    expect([first.status, first.headers.get("Range")]).toEqual([308, `bytes=0-${step - 1}`]);
    const asked = await put("", "*/*");
    expect([asked.status, asked.headers.get("Range")]).toEqual([308, `bytes=0-${step - 1}`]);
    const tooShort = await put(whole.slice(step, step + 100), `${step}-${step + 99}/${whole.length}`);
    expect(tooShort.status).toBe(400);
    expect((await put(whole.slice(step, 2 * step), `${step}-${2 * step - 1}/${whole.length}`)).status).toBe(308);
    const last = await put(whole.slice(2 * step), `${2 * step}-${whole.length - 1}/${whole.length}`);
    const { id } = File.parse(await last.json());
    expect(await drive.json("GET", `${FILES}/${id}?${fields}`)).toMatchObject({
      name: "Long",
      size: String(whole.length),
      mimeType: "text/plain",
    });
    expect(await (await drive.call("GET", `${FILES}/${id}?alt=media`)).text()).toBe(whole);
  });

  it("of a document is exported, not downloaded", async () => {
    const [document] = await listed(
      `q=${encodeURIComponent("mimeType='application/vnd.google-apps.document'")}&pageSize=1`,
    );
    expect(await reasonOf(await drive.call("GET", `${FILES}/${document?.id}?alt=media`))).toBe("fileNotDownloadable");
    const exported = await drive.call("GET", `${FILES}/${document?.id}/export?mimeType=text/plain`);
    expect(await exported.text()).toContain(document?.name ?? "?");
    expect((await drive.call("GET", `${FILES}/${document?.id}/export?mimeType=image/png`)).status).toBe(400);
  });

  it("takes more than seeing the metadata", async () => {
    const reader = await clientOf("google", HOST, [`${AUTH}/drive.metadata.readonly`]);
    const [pdf] = await listed(`q=${encodeURIComponent("mimeType='application/pdf'")}&pageSize=1`);
    expect((await reader.call("GET", `${FILES}/${pdf?.id}`)).status).toBe(200);
    expect(await reasonOf(await reader.call("GET", `${FILES}/${pdf?.id}?alt=media`))).toBe("insufficientPermissions");
    expect((await reader.call("PATCH", `${FILES}/${pdf?.id}`, { json: {} })).status).toBe(403);
  });
});

describe("a search", () => {
  it.each([
    ["name contains 'lantern' and mimeType = 'application/pdf'", (name: string) => name.includes("lantern")],
    [
      "(name contains 'quiet' or name contains 'amber') and not starred = true",
      (name: string) => /quiet|amber/.test(name),
    ],
  ])("%s", async (q, holds) => {
    const found = await listed(`q=${encodeURIComponent(q)}&pageSize=1000`);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ name }) => !holds(name))).toEqual([]);
  });

  it("finds the beginnings of words, as Drive does, not their ends", async () => {
    expect((await listed("q=name+contains+%27arbor%27&pageSize=1000")).length).toBe(0);
  });

  it.each(["name like 'x'", "name = ", "nothing", "name contains 'x' and"])("%s is none", async (q) => {
    expect((await drive.call("GET", `${FILES}?q=${encodeURIComponent(q)}`)).status).toBe(400);
  });
});

it("tells of itself only with `fields`", async () => {
  expect((await drive.call("GET", "/drive/v3/about")).status).toBe(400);
  expect(await drive.json("GET", "/drive/v3/about?fields=user/emailAddress")).toEqual({
    user: { emailAddress: "ada@northwind.example" },
  });
});

it("says what changed since", async () => {
  const { startPageToken } = Tokens.parse(await drive.json("GET", "/drive/v3/changes/startPageToken"));
  const { id } = await made({ name: "New", mimeType: "text/plain" });
  await drive.call("DELETE", `${FILES}/${id}`);
  expect(await drive.json("GET", `/drive/v3/changes?pageToken=${startPageToken}`)).toMatchObject({
    changes: [
      { fileId: id, removed: false },
      { fileId: id, removed: true },
    ],
    newStartPageToken: String(Number(startPageToken) + 2),
  });
});

it("shares a file, and takes it back", async () => {
  const { id } = await made({ name: "Ours", mimeType: "text/plain" });
  const permissions = `${FILES}/${id}/permissions`;
  const granted = z
    .object({ id: z.string(), role: z.literal("reader") })
    .parse(
      await drive.json("POST", permissions, { json: { type: "user", role: "reader", emailAddress: "a@example.com" } }),
    );
  expect(await drive.json("PATCH", `${permissions}/${granted.id}`, { json: { role: "writer" } })).toMatchObject({
    role: "writer",
  });
  expect(await drive.json("GET", permissions)).toMatchObject({ permissions: [{ role: "owner" }, { role: "writer" }] });
  expect((await drive.call("DELETE", `${permissions}/${granted.id}`)).status).toBe(204);
  expect(await drive.json("GET", permissions)).toMatchObject({ permissions: [{ role: "owner" }] });
});

it("answers many calls in one, each as if it had come by itself", async () => {
  const { id } = await made({ name: "In a batch", mimeType: "text/plain" });
  const part = (name: string, request: string, body = "") =>
    `--b\r\nContent-Type: application/http\r\nContent-ID: <${name}>\r\n\r\n${request}\r\n${body === "" ? "" : "Content-Type: application/json\r\n"}\r\n${body}\r\n`;
  const answer = await drive.call("POST", "/batch/drive/v3", {
    headers: { "Content-Type": "multipart/mixed; boundary=b" },
    body: `${part("one", `GET /drive/v3/files/${id}`)}${part("two", "GET /drive/v3/files/none")}${part("three", `PATCH /drive/v3/files/${id}`, '{"name":"Renamed"}')}--b--`,
  });
  expect(answer.headers.get("Content-Type")).toMatch(/^multipart\/mixed; boundary=/);
  const text = await answer.text();
  expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(["200", "404", "200"]);
  expect(text).toContain("Content-ID: <response-two>");
  expect(await drive.json("GET", `${FILES}/${id}`)).toMatchObject({ name: "Renamed" });
});
