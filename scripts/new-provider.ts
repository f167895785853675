/**
 * `npm run new-provider`: a provider of a plain JSON API, declared, emulated and under test.
 *
 *   npm run new-provider -- --id gitlab --name GitLab --api https://gitlab.com/api/v4 --scope read_user --scope read_api \
 *     --authorization-endpoint https://gitlab.com/oauth/authorize --token-endpoint https://gitlab.com/oauth/token
 *
 * Nothing is written unless all of it can be. What it cannot know is marked ADAPT. With `--metadata`, `--openapi` or `--entry`,
 * and where it is asked for, it is an entry as data instead: new-entry.ts.
 */
import { access, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import * as z from "zod";
import { ProviderFields } from "../src/contract/entry.ts";
import { builtInProviders } from "../src/providers/index.ts";
import { isForEntry, newEntry } from "./new-entry.ts";
import { Refused } from "./new-entry/document.ts";
import { ENTRY_USAGE } from "./new-entry/flags.ts";
import { declaration, sandboxData, sandboxService, type NewProvider } from "./provider-templates.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const USAGE = `npm run new-provider -- --id gitlab --name GitLab
  --authorization-endpoint URL --token-endpoint URL --api URL
  [--scope SCOPE]...           none: the service has no scopes
  [--auth-method METHOD]       client_secret_post (default) or client_secret_basic
  [--revocation-endpoint URL]  RFC 7009; left out, tokens are left to run out
  [--profile PATH]             default /user
  [--items PATH]               default /items, paged by ?page= and &per_page=
  [--item-type WORD]           default item
  [--category WORD] [--docs URL]

${ENTRY_USAGE}`;

const HttpsUrl = z.url({ protocol: /^https$/, message: "write a whole https URL" });
const Endpoint = HttpsUrl.refine((url) => !/[?#]/.test(url), "no query and no fragment");
const Path = z.string().regex(/^\/[\w./~-]*$/, "write a path that begins with a slash");
const Word = z.string().trim().min(1).max(80);

const Flags = z.object({
  id: ProviderFields.shape.id.check(
    z.regex(/^[a-z][a-z0-9]*$/, "a letter, then letters and digits: it is also a name in the code"),
  ),
  name: Word,
  category: Word.default("Other"),
  docs: HttpsUrl.optional(),
  "authorization-endpoint": Endpoint,
  "token-endpoint": Endpoint,
  "auth-method": z.enum(["client_secret_basic", "client_secret_post"]).default("client_secret_post"),
  "revocation-endpoint": Endpoint.nullable().default(null),
  scope: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "visible ASCII without spaces")).default([]),
  api: Endpoint.transform((url) => url.replace(/\/+$/, "")),
  profile: Path.default("/user"),
  items: Path.default("/items"),
  "item-type": z
    .string()
    .regex(/^[a-z][a-z_]*$/, "small letters and _")
    .default("item"),
});

function readFlags(): NewProvider {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      id: text,
      name: text,
      category: text,
      docs: text,
      "authorization-endpoint": text,
      "token-endpoint": text,
      "auth-method": text,
      "revocation-endpoint": text,
      scope: { type: "string", multiple: true },
      api: text,
      profile: text,
      items: text,
      "item-type": text,
    },
  });
  const parsed = Flags.safeParse(values);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`);
    throw new Refused(`${problems.join("\n")}\n\n${USAGE}`);
  }
  const flags = parsed.data;
  return {
    ...flags,
    docs: flags.docs ?? new URL(flags["authorization-endpoint"]).origin,
    authorization_endpoint: flags["authorization-endpoint"],
    token_endpoint: flags["token-endpoint"],
    token_endpoint_auth_method: flags["auth-method"],
    revocation_endpoint: flags["revocation-endpoint"],
    scopes: flags.scope,
    item_type: flags["item-type"],
  };
}

/** The text with a line more at the end of the list that begins at `list` and ends at `close`. */
function listed(file: string, text: string, list: string, close: string, line: string): string {
  const start = text.indexOf(list);
  const end = start < 0 ? -1 : text.indexOf(close, start);
  if (end < 0) throw new Refused(`${file} has no "${list}" any more: put "${line}" where it belongs, by hand.`);
  return `${text.slice(0, end)}\n  ${line},${text.slice(end)}`;
}

/** The text with an import more, before the first line that is none. */
const imported = (text: string, id: string): string =>
  text.replace(/\n\n(?:const|export const)/, (found) => `\nimport { ${id} } from "./${id}.ts";${found}`);

/** What each file becomes; a file that is not there yet is made. */
function changes(provider: NewProvider): readonly { file: string; edit: (text: string) => string }[] {
  const { id } = provider;
  const upper = id.toUpperCase();
  const registry = "src/providers/index.ts";
  const names = "sandbox/clients.ts";
  const services = "sandbox/services/index.ts";
  const items = "tests/providers/every-provider.test.ts";
  const proxy = "tests/proxy/every-provider.test.ts";
  const words = "frontend/scope-words.ts";
  const said = JSON.stringify(Object.fromEntries(provider.scopes.map((scope) => [scope, `Use ${scope}`])));
  const read = JSON.stringify(`${provider.items}?per_page=2`);
  return [
    { file: `src/providers/${id}.ts`, edit: () => declaration(provider) },
    { file: `sandbox/data/${id}.ts`, edit: () => sandboxData(provider) },
    { file: `sandbox/services/${id}.ts`, edit: () => sandboxService(provider) },
    { file: registry, edit: (text) => listed(registry, imported(text, id), "builtInProviders:", "\n];", id) },
    { file: names, edit: (text) => listed(names, text, "SERVICES =", "\n] as const", `"${id}"`) },
    { file: services, edit: (text) => listed(services, imported(text, id), "const services:", "\n};", id) },
    { file: words, edit: (text) => listed(words, text, "SCOPE_WORDS =", "\n} satisfies", `${id}: ${said}`) },
    { file: items, edit: (text) => listed(items, text, "ITEM_TYPES:", "\n};", `${id}: ["${provider.item_type}"]`) },
    {
      file: proxy,
      edit: (text) =>
        listed(
          proxy,
          listed(proxy, text, "READS:", "\n};", `${id}: ${read}`),
          "OWN_SHAPE:",
          "\n};",
          `${id}: /^{"error":"invalid_session","message":/`,
        ),
    },
    {
      file: ".dev.vars.example",
      edit: (text) =>
        text.replace(
          /(?:^# \w+_CLIENT_(?:ID|SECRET)=""\n)+/m,
          (found) => `${found}# ${upper}_CLIENT_ID=""\n# ${upper}_CLIENT_SECRET=""\n`,
        ),
    },
  ];
}

async function contentOf(path: string): Promise<string> {
  try {
    await access(path);
  } catch {
    return "";
  }
  return readFile(path, "utf8");
}

async function main(): Promise<void> {
  const provider = readFlags();
  // The emulator's stranger is called that.
  if (provider.id === "evil" || builtInProviders.some(({ id }) => id === provider.id))
    throw new Refused(`There is a provider "${provider.id}" already. Take another --id.`);
  const settings = await resolveConfig(root + "package.json");
  const written = await Promise.all(
    changes(provider).map(async ({ file, edit }) => {
      const text = edit(await contentOf(root + file));
      return { file, text: file.endsWith(".ts") ? await format(text, { ...settings, parser: "typescript" }) : text };
    }),
  );
  for (const { file, text } of written) await writeFile(root + file, text);
  console.log(`${provider.name} is declared, emulated and under test:`);
  for (const { file } of written) console.log(`  ${file}`);
  console.log(`
Try it:  npm start                 and connect ${provider.name} on the page
Test it: npx vitest run --project 'workerd*' tests/providers tests/proxy -t ${provider.id}
Adapt:   grep -n ADAPT src/providers/${provider.id}.ts sandbox/services/${provider.id}.ts
Register a client with the redirect URI {origin}/callback/${provider.id}: npm run setup -- --provider ${provider.id}`);
}

const args = process.argv.slice(2);
try {
  await (isForEntry(args) ? newEntry(args) : main());
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
