/** A service with its client: one entry of CUSTOM_PROVIDERS, and what an app registers. */
import * as z from "zod/mini";
import { flawOf, isOfFields, type Flaw } from "./checks.ts";
import { Service } from "./service.ts";

/** RFC 6749 A.1 and A.2: visible ASCII and the blank, so that nothing can split a header; not blanks alone. */
const CREDENTIAL_RULE = "visible ASCII and blanks, at most 512 characters";
export const Credential = z
  .string()
  .check(z.maxLength(512, CREDENTIAL_RULE), z.regex(/^ *[\x21-\x7e][\x20-\x7e]*$/, CREDENTIAL_RULE));

/** A service and its client, as an operator or an app describes them. */
export const ProviderFields = z.extend(Service, {
  /** A built-in provider or a service of the catalogue, whose fields these override. */
  extends: z.exactOptional(z.string()),
  /** As the provider has registered it. Fields without OAuth need none. */
  client_id: z.exactOptional(Credential),
  /** Never readable again; left out, it stays as it was. */
  client_secret: z.exactOptional(Credential),
});

/** One entry of CUSTOM_PROVIDERS. */
export type CustomProviderEntry = z.output<typeof ProviderFields>;

/**
 * The first field that is missing or does not go with the others, and what would be right; null where all is well.
 * @param find services as data, which an entry may extend; what is left out is theirs then
 */
export function flawOfEntry(
  given: CustomProviderEntry,
  find: (id: string) => z.output<typeof Service> | undefined = () => undefined,
): Flaw | null {
  const { extends: base, ...own } = given;
  const service = base === undefined ? undefined : find(base);
  const entry: CustomProviderEntry = service ? { ...service, ...own } : given;
  const flaw = flawOf(entry);
  if (flaw || isOfFields(entry)) return flaw;
  if (entry.client_id === undefined) return { field: "client_id", reason: "is required" };
  const { token_endpoint_auth_method: method } = entry;
  if (method === "private_key_jwt") {
    const reason = "is of no use beside private_key_jwt, where a key shows who the client is. Leave it out";
    return entry.client_secret === undefined ? null : { field: "client_secret", reason };
  }
  if (method === "none" || entry.client_secret !== undefined) return null;
  return {
    field: "client_secret",
    reason: 'is required unless token_endpoint_auth_method is "none" or "private_key_jwt"',
  };
}
