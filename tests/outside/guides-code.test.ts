/** The code in the guides, run as it is printed there. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { EventBody } from "../../src/api-events.ts";
import { ImportedTokens } from "../../src/api-connections.ts";
import { IntegrationSettings } from "../../src/apps/client-vault.ts";
import { OTHER, SECRET, delivered } from "./webhook-deliveries.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
beforeAll(async () => {
  // Within the project, so that its packages are found; what is built there is in no commit.
  await mkdir(join(root, "dist"), { recursive: true });
  folder = await mkdtemp(join(root, "dist/guides-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The blocks of one language in a guide. */
async function blocks(guide: string, language: string): Promise<string[]> {
  const text = await readFile(join(root, `docs/${guide}.md`), "utf8");
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, named]) => named === language)
    .map(([, , block = ""]) => block);
}

async function imported<T>(name: string, code: string, exports: z.ZodType<T>): Promise<T> {
  const file = join(folder, name);
  await writeFile(file, code);
  const module: unknown = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return exports.parse({ ...Object(module) });
}

describe("docs/webhooks.md verifies", () => {
  const now = { at: new Date() };
  const forged = [
    ["signed with another secret", delivered({ ...now, secret: OTHER })],
    ["with another body", { ...delivered(now), body: delivered(now).body.replace("c-1", "c-2") }],
    ["that was sent an hour ago", delivered({ at: new Date(Date.now() - 3_600_000) })],
  ] as const;
  const isGenuine = async (): Promise<(secret: string, headers: Headers, body: string) => boolean> => {
    const [, code = ""] = await blocks("webhooks", "ts");
    const Verifies = z.custom<(secret: string, headers: Headers, body: string) => boolean>(
      (value) => typeof value === "function",
    );
    return (await imported("plain.ts", code, z.object({ isGenuine: Verifies }))).isGenuine;
  };

  it("with what Node has, a delivery that is genuine", async () => {
    const { headers, body } = delivered(now);
    expect((await isGenuine())(SECRET, new Headers(headers), body)).toBe(true);
  });

  it.each(forged)("with what Node has, none %s", async (_, { headers, body }) => {
    expect((await isGenuine())(SECRET, new Headers(headers), body)).toBe(false);
  });

  it("with the client for TypeScript", async () => {
    const [code = ""] = await blocks("webhooks", "ts");
    const Verifies = z.custom<(secret: string, request: Request) => Promise<string>>(
      (value) => typeof value === "function",
    );
    const { withClient } = await imported("client.ts", code, z.object({ withClient: Verifies }));
    const request = ({ headers, body }: ReturnType<typeof delivered>) =>
      new Request("https://acme.example/", { method: "POST", headers, body });
    expect(await withClient(SECRET, request(delivered(now)))).toBe("connection.created");
    await expect(withClient(SECRET, request(forged[0][1]))).rejects.toThrow();
  });

  it("with the client for Python", async () => {
    const [code = ""] = await blocks("webhooks", "python");
    const run = async (secret: string) => {
      const { headers, body } = delivered(now);
      const call = `print(with_client(${JSON.stringify(secret)}, ${JSON.stringify(headers)}, ${JSON.stringify(body)}.encode()))`;
      const env = { ...process.env, PYTHONPATH: join(root, "client/python"), PYTHONDONTWRITEBYTECODE: "1" };
      return (await promisify(execFile)("python3", ["-c", `${code}\n${call}`], { env })).stdout.trim();
    };
    expect(await run(SECRET)).toBe("connection.created");
    await expect(run(OTHER)).rejects.toThrow("WebhookError");
  });

  it("events as they are printed, each of which is one", async () => {
    const printed = (await blocks("webhooks", "json")).map((example): unknown => JSON.parse(example));
    expect(printed.map((example) => z.parse(EventBody, example))).toEqual(printed);
    expect(printed).toHaveLength(2);
  });
});

describe("docs/moving-in.md makes what POST /connections/import takes", () => {
  type Make = (...given: readonly unknown[]) => unknown;
  const Makes = z.custom<Make>((value) => typeof value === "function");
  const Module = z.object({ fromNango: Makes, fromPipedream: Makes, fromAuthJs: Makes });
  const hour = () => new Date(Date.now() + 3_600_000);
  const made = async () => imported("moving-in.ts", (await blocks("moving-in", "ts"))[0] ?? "", Module);
  const whole = {
    user: "u-1",
    integration: "github-1",
    access_token: "a",
    refresh_token: "r",
    expires_in: expect.toSatisfy((seconds) => Number(seconds) > 3500 && Number(seconds) <= 3600),
    scopes: ["repo", "read:user"],
  };

  it("of a connection of Nango's", async () => {
    const expires_at = hour().toISOString();
    const credentials = { access_token: "a", refresh_token: "r", expires_at, raw: { scope: "repo,read:user" } };
    const one = (await made()).fromNango("github-1", "u-1", { credentials });
    expect(z.parse(ImportedTokens, one)).toEqual(whole);
  });

  it("of an account of Pipedream's", async () => {
    const one = (await made()).fromPipedream("github-1", {
      external_id: "u-1",
      expires_at: hour().toISOString(),
      authorized_scopes: ["repo", "read:user"],
      credentials: { oauth_access_token: "a", oauth_refresh_token: "r" },
    });
    expect(z.parse(ImportedTokens, one)).toEqual(whole);
  });

  it("of a row of Auth.js, also where a token has no end", async () => {
    const row = { userId: "u-1", access_token: "a", refresh_token: "r", scope: "repo read:user" };
    const { fromAuthJs } = await made();
    const expires_at = Math.floor(hour().getTime() / 1000);
    expect(z.parse(ImportedTokens, fromAuthJs("github-1", { ...row, expires_at }))).toEqual(whole);
    const bare = fromAuthJs("github-1", { ...row, refresh_token: null, scope: null, expires_at: null });
    expect(z.parse(ImportedTokens, bare)).toEqual({ user: "u-1", integration: "github-1", access_token: "a" });
  });
});

it("docs/custom-services.md describes a service as PUT /apps/{app}/integrations takes it", async () => {
  const [example = ""] = await blocks("custom-services", "json");
  const described = z.parse(IntegrationSettings, JSON.parse(example));
  expect(described).toEqual(JSON.parse(example));
});
