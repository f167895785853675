/**
 * The only reader of the environment. Each variable is parsed when it is first asked for, so that a broken one stops the
 * routes that need it, by name, and nothing else.
 */
import { decodeBase64urlIgnorePadding } from "@oslojs/encoding";
import * as z from "zod/mini";
import type { KeyRing } from "./crypto.ts";
import { AppError } from "./errors.ts";
import { PrivateKey } from "./contract/private-key.ts";
import type { Provider } from "./contract/provider.ts";
import { catalogued } from "./catalogue/catalogue.ts";
import { Credential, ProviderFields, flawOfEntry, type CustomProviderEntry } from "./contract/entry.ts";

/** The client id and secret under which a provider knows this deployment. A public client has no secret. */
export interface ClientCredentials {
  readonly client_id: string;
  readonly client_secret: string | null;
}

/** A key that clients show who they are by (RFC 7523), with the id under which its public half is served. */
export const ClientKey = z.extend(PrivateKey, { kid: z.string().check(z.regex(/^[\x21-\x7e]{1,64}$/)) });
export type ClientKey = z.output<typeof ClientKey>;

const Key = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,40}:[A-Za-z0-9_-]+=*$/, "write each key as id:base64url"));

const Listed = z.pipe(
  z.string(),
  z.transform((value) => value.split(",").map((entry) => entry.trim())),
);

const SealingKeys = z.pipe(
  z.pipe(Listed, z.array(Key).check(z.minLength(1))),
  z.transform((entries, context): KeyRing => {
    const keys = new Map<string, Uint8Array<ArrayBuffer>>();
    const refuse = (message: string): void => {
      context.issues.push({ code: "custom", message, input: undefined });
    };
    for (const entry of entries) {
      const [id = "", encoded = ""] = entry.split(":");
      const bytes = decodeKey(encoded);
      if (bytes?.length !== 32) refuse(`key "${id}" is not 32 bytes in base64url`);
      else if (keys.has(id)) refuse(`key "${id}" is there twice`);
      else keys.set(id, bytes);
    }
    return { active: [...keys.keys()][0] ?? "", keys };
  }),
);

function decodeKey(encoded: string): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(decodeBase64urlIgnorePadding(encoded.replace(/(?<!=)=+$/, "")));
  } catch {
    return null;
  }
}

const HttpUrl = z.url({ protocol: /^https?$/, message: "write a whole http or https URL" });

const Origin = z.pipe(
  HttpUrl,
  z.transform((url) => new URL(url).origin),
);

const AdminKey = z.string().check(z.regex(/^[\x21-\x7e]{32,512}$/, "at least 32 characters of visible ASCII"));

const Json = z.pipe(
  z.string(),
  z.transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.issues.push({ code: "custom", message: "not JSON", input: undefined });
      return z.NEVER;
    }
  }),
);

/** The page has views of these names; an app's integrations are not on it. */
const TAKEN = ["explorer", "keys", "passkeys"];

const CustomProvider = ProviderFields.check(
  z.superRefine((entry, context) => {
    if (TAKEN.includes(entry.id)) {
      context.addIssue({ code: "custom", path: ["id"], message: "this name is taken by the page itself" });
    }
    const flaw = flawOfEntry(entry, catalogued);
    if (flaw) context.addIssue({ code: "custom", path: [flaw.field], message: flaw.reason });
  }),
);
const CustomProviders = z.pipe(Json, z.array(z.unknown()));
const ClientKeys = z.pipe(Json, z.array(ClientKey).check(z.maxLength(10)));

/** An entry as it was read; one that is wrong says why, and the others do not depend on it. */
export type CustomEntry =
  { readonly id: string; readonly entry: CustomProviderEntry } | { readonly id: string; readonly problem: AppError };

const Identified = z.pick(ProviderFields, { id: true });

/** An entry without an id that could be used is called by its place. */
function readEntry(value: unknown, index: number, before: readonly unknown[]): CustomEntry {
  const named = z.object(Identified.shape).safeParse(value);
  const id = named.success ? named.data.id : `custom-${index + 1}`;
  const isTwice = before
    .slice(0, index)
    .some((other) => named.success && z.object(Identified.shape).safeParse(other).data?.id === id);
  if (isTwice) return { id: `custom-${index + 1}`, problem: takenId(id) };
  const parsed = CustomProvider.safeParse(value);
  if (parsed.success) return { id, entry: parsed.data };
  return { id, problem: configError("CUSTOM_PROVIDERS", `${id}: ${reasonOf(parsed.error)}`) };
}

/** For an entry whose id another one has. */
export const takenId = (id: string): AppError => configError("CUSTOM_PROVIDERS", `the id ${id} is taken`);

function reasonOf({ issues: [issue] }: z.core.$ZodError): string {
  // Where it could be a value in the place of a name, it is not repeated: those have digits.
  const [unknown] = issue?.code === "unrecognized_keys" ? issue.keys.filter((key) => /^[a-z_-]{1,30}$/i.test(key)) : [];
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])];
  const at = path.length > 0 ? `${path.join(".")}: ` : "";
  return `${at}${unknown === undefined ? (issue?.message ?? "not readable") : "is not known here. Leave it out"}`;
}

/** The variables of a built-in provider's client. */
export function clientVariables(provider: string): readonly [id: string, secret: string] {
  const prefix = provider.toUpperCase().replaceAll("-", "_");
  return [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`];
}

/** The configuration of one deployment. Every method names the variable it could not read. */
export class Config {
  readonly #env: Readonly<Record<string, unknown>>;
  #ring: KeyRing | undefined;
  #publicOrigin: string | null | undefined;

  constructor(env: Readonly<Record<string, unknown>>) {
    this.#env = env;
  }

  /** The keys that seal everything stored. @throws AppError `config_error` without one: nothing is stored unsealed. */
  keyRing(): KeyRing {
    // One object for the life of the isolate: the keys derived from it are remembered by it.
    this.#ring ??= this.#read("SEALING_KEYS", SealingKeys, () => {
      throw configError("SEALING_KEYS", "it is not set, and nothing may be stored unsealed. `npm run setup` makes one");
    });
    return this.#ring;
  }

  /** The origin people reach this deployment at. @param requestOrigin that of the request, where PUBLIC_URL is not set */
  publicOrigin(requestOrigin: string): string {
    this.#publicOrigin ??= this.#read<string | null>("PUBLIC_URL", Origin, () => null);
    return this.#publicOrigin ?? requestOrigin;
  }

  /** Where a flow that was started through the API ends; null: its callback answers JSON. */
  frontendSuccessUrl(): string | null {
    return this.#read("FRONTEND_SUCCESS_URL", HttpUrl, () => null);
  }

  /** The key of the operator's own routes; null: they are closed. */
  adminKey(): string | null {
    return this.#read<string | null>("ADMIN_KEY", AdminKey, () => null);
  }

  /** The keys of `private_key_jwt`, the first of which signs; none where there are none. @throws AppError `config_error` */
  clientKeys(): readonly ClientKey[] {
    return this.#read<ClientKey[]>("CLIENT_KEYS", ClientKeys, () => []);
  }

  /** The one that signs. @throws AppError `config_error` where there is none */
  clientKey(): ClientKey {
    const [first] = this.clientKeys();
    if (first) return first;
    throw configError(
      "CLIENT_KEYS",
      "it is not set, and a client is to show who it is by a key. `npm run client-key` makes one",
    );
  }

  /** The same for a provider that asks for it, and nothing for any other. @throws AppError `config_error` where there is none */
  clientKeyFor({ token_endpoint_auth_method: method }: Pick<Provider, "token_endpoint_auth_method">): {
    readonly client_key?: ClientKey;
  } {
    return method === "private_key_jwt" ? { client_key: this.clientKey() } : {};
  }

  /** The entries one by one. @throws AppError `config_error` for what is no list of them */
  customProviders(): readonly CustomEntry[] {
    return this.#read("CUSTOM_PROVIDERS", CustomProviders, () => []).map(readEntry);
  }

  /** The services of the catalogue that people connect with a key of their own. */
  keyServices(): readonly string[] {
    return this.#read("KEY_SERVICES", Listed, () => []).filter(Boolean);
  }

  /** Whether there is a client of a service at all. */
  hasClient(providerId: string): boolean {
    const [idName] = clientVariables(providerId);
    const value = this.#env[idName];
    return value !== undefined && value !== "";
  }

  /** The client of a built-in provider, or the variables that are missing for it. A public client needs no secret. */
  client(providerId: string, isPublic: boolean): { client: ClientCredentials } | { missing: readonly string[] } {
    const [idName, secretName] = clientVariables(providerId);
    const read = (name: string): string | null => this.#read<string | null>(name, Credential, () => null);
    const client_id = read(idName);
    const client_secret = read(secretName);
    const missing = [
      ...(client_id === null ? [idName] : []),
      ...(client_secret === null && !isPublic ? [secretName] : []),
    ];
    return client_id === null || missing.length > 0 ? { missing } : { client: { client_id, client_secret } };
  }

  #read<T>(name: string, schema: z.ZodMiniType<T>, absent: () => T): T {
    const value = this.#env[name];
    if (value === undefined || value === "") return absent();
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw configError(name, reasonOf(parsed.error));
  }
}

/** A variable that is set but wrong. The message names it and never repeats its value. */
export function configError(variable: string, reason: string): AppError {
  return new AppError("config_error", `The configuration variable ${variable} is wrong: ${reason}.`);
}
