/**
 * Official SDKs of services of the catalogue, unmodified, by base URL and key alone: an app has each service by its id, the
 * account is connected by typing the service's key into the form, and what the service is sent is held against its entry.
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import packages from "../../package.json" with { type: "json" };
import { readEntry } from "../../scripts/catalogue/entries.ts";
import type { EntryFile } from "../../scripts/catalogue/entry.ts";
import { toService } from "../../src/catalogue/catalogue.ts";
import type { CatalogueSdk } from "../sdks/catalogue/catalogue-sdk.ts";
import { CATALOGUE_SDKS } from "../sdks/catalogue/index.ts";
import { errorFrom, type Asked } from "../sdks/keys/key-sdk.ts";
import {
  playServices,
  startTyped,
  type PlayedPart,
  type PlayedServices,
  type TypedApp,
  type TypedPart,
} from "./key-services.ts";

type Part = PlayedPart & TypedPart;

const filled = (template: string, typed: CatalogueSdk["typed"]): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => typed[name] ?? "");

/** What an entry says stands on every call, with what was typed. */
function stampOf({ api }: EntryFile, typed: CatalogueSdk["typed"]) {
  const { headers = {}, query = {}, basic } = api?.stamp ?? {};
  const pair = basic && btoa(`${filled(basic.user, typed)}:${filled(basic.password, typed)}`);
  const written = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), filled(value, typed)]);
  return {
    // Where the key of ours stood and the stamp has nothing, there is nothing.
    headers: {
      authorization: undefined,
      ...Object.fromEntries(written),
      ...(pair === undefined ? {} : { authorization: `Basic ${pair}` }),
    },
    query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, filled(value, typed)])),
  };
}

/** Of a call, what stands where the stamp should. */
const stampedOn = ({ headers, query }: Asked, stamp: ReturnType<typeof stampOf>) => ({
  headers: Object.fromEntries(Object.keys(stamp.headers).map((name) => [name, headers[name]])),
  query: Object.fromEntries(Object.keys(stamp.query).map((name) => [name, query.get(name)])),
});

/** An object in which a path of an entry leads somewhere. */
const leadingTo = (path: string): object =>
  path
    .split(".")
    .reduceRight<unknown[]>((inner, step) => [{ [step]: inner[0] }], ["said"])
    .at(0) ?? {};

/** The service, as it is played: the call that the entry verifies a key with, and the one that the SDK makes. */
function partOf(sdk: CatalogueSdk, entry: EntryFile): Part {
  const { api_base_url = "", api, verify } = entry;
  const stamp = stampOf(entry, sdk.typed);
  const at = filled(`${api_base_url}${api?.base_path ?? ""}${verify?.path ?? ""}`, sdk.typed);
  const { host, pathname } = new URL(at);
  const account = Object.assign({}, ...Object.values(verify?.account ?? {}).flatMap((path) => leadingTo(path)));
  return {
    name: sdk.name,
    file: { service: toService(entry) },
    isCatalogued: true,
    typed: sdk.typed,
    secret: sdk.typed["api_key"] ?? "",
    isAuthorized: (asked) => JSON.stringify(stampedOn(asked, stamp)) === JSON.stringify(stamp),
    refusal: { status: 401, body: {} },
    limit: sdk.refusal,
    routes: {
      [`${verify?.method ?? "GET"} ${host}${pathname}`]: () => ({ body: account }),
      [sdk.route]: () => ({ body: sdk.body }),
    },
  };
}

let played: PlayedServices<Part>;
let app: TypedApp<Part>;
const parts = new Map<CatalogueSdk, Part>();
const entries = new Map<CatalogueSdk, EntryFile>();

const had = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error("The table has no such SDK.");
  return value;
};

beforeAll(async () => {
  for (const sdk of CATALOGUE_SDKS) {
    const entry = await readEntry(sdk.service);
    entries.set(sdk, entry);
    parts.set(sdk, partOf(sdk, entry));
  }
  played = await playServices([...parts.values()], {});
  app = await startTyped(played.origin, [...parts.values()]);
});
afterAll(async () => {
  await app?.stop();
  await played?.stop();
});

it("the table has twenty SDKs or more, each of a service of its own", () => {
  expect(new Set(CATALOGUE_SDKS.map(({ service }) => service)).size).toBe(CATALOGUE_SDKS.length);
  expect(CATALOGUE_SDKS.length).toBeGreaterThanOrEqual(20);
});

describe.each(CATALOGUE_SDKS)("$name", (sdk) => {
  it("reads, and the service is sent what its entry stamps on a call, at its own address, and nothing of ours", async () => {
    played.take();
    expect(await sdk.read(app.at(had(parts.get(sdk))))).toMatchObject(Object(sdk.found));
    const asked = played.take();
    expect(asked.map(({ method, host, path }) => `${method} ${host}${path}`)).toEqual([sdk.route]);
    const stamp = stampOf(had(entries.get(sdk)), sdk.typed);
    expect(Object.values({ ...stamp.headers, ...stamp.query }).filter((value) => value !== undefined)).not.toEqual([]);
    expect(asked.map((one) => stampedOn(one, stamp))).toEqual([stamp]);
    const everything = asked.map(({ headers, path, query, body }) => [
      headers,
      path,
      query.toString(),
      body.toString(),
    ]);
    expect(JSON.stringify(everything)).not.toMatch(/lk_|x-latchkey/i);
    expect(played.complaints()).toEqual([]);
  });

  it("by itself, with the service's own key, sends the service the stamp that the entry has", async () => {
    const entry = had(entries.get(sdk));
    const { host, pathname } = new URL(filled(entry.api_base_url ?? "", sdk.typed));
    const api = `${played.origin}/${host}${pathname.replace(/\/$/, "")}`;
    played.take();
    await sdk.read({ api, host: () => api, key: sdk.typed["api_key"] ?? "" });
    const stamp = stampOf(entry, sdk.typed);
    expect(played.take().map((one) => stampedOn(one, stamp))).toEqual([stamp]);
    expect(played.complaints()).toEqual([]);
  });

  it("understands how the service refuses, with its own error", async () => {
    const part = had(parts.get(sdk));
    played.take();
    played.limitOnce(part);
    const error = await errorFrom(() => sdk.read(app.at(part)));
    const { ofClass, says } = sdk.error;
    expect(error).toBeInstanceOf(ofClass ?? Error);
    expect(error).toMatchObject(says);
    expect(played.take()).toHaveLength(1);
    expect(played.complaints()).toEqual([]);
  });

  it("stands in docs/proxy.md with the version that is installed and the id of its service", async () => {
    const document = await readFile(new URL("../../docs/proxy.md", import.meta.url), "utf8");
    const version = new Map(Object.entries(packages.devDependencies)).get(sdk.name);
    const rows = document.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    const row = rows.find(([, said]) => said === `\`${sdk.name}\` ${version}`);
    expect(row?.[2]).toBe(`\`${sdk.service}\``);
  });
});
