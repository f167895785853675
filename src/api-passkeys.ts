/**
 * The shapes of passkeys (Web Authentication, https://www.w3.org/TR/webauthn-3/). What the browser takes and gives are its own
 * JSON forms, as far as anything here reads them, so that a page hands both on as they are.
 */
import * as z from "zod/mini";

/** Bytes in base64url without padding. */
const bytes = (most: number) => z.string().check(z.maxLength(most), z.regex(/^[\w-]+$/, "base64url without padding"));

/** At most 1023 bytes (https://www.w3.org/TR/webauthn-3/#credential-id). */
const CredentialId = bytes(1364);
const ClientData = bytes(4096);
const PublicKeyType = z.literal("public-key");

/** One passkey, by an id that opens nothing. Times are ISO 8601. */
export const Passkey = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.string(),
  last_used_at: z.nullable(z.string()),
  /** When it was refused because a copy of it seems to be in use; null: never. */
  cloned_at: z.nullable(z.string()),
});
export type Passkey = z.output<typeof Passkey>;

export const Passkeys = z.object({ passkeys: z.array(Passkey) });
export type Passkeys = z.output<typeof Passkeys>;

const Descriptor = z.object({ type: PublicKeyType, id: z.string(), transports: z.array(z.string()) });

/** What `PublicKeyCredential.parseCreationOptionsFromJSON` takes. */
export const PasskeyCreation = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: PublicKeyType, alg: z.number() })),
  timeout: z.number(),
  excludeCredentials: z.array(Descriptor),
  authenticatorSelection: z.object({
    residentKey: z.literal("required"),
    requireResidentKey: z.literal(true),
    userVerification: z.literal("required"),
  }),
  attestation: z.literal("none"),
});
export type PasskeyCreation = z.output<typeof PasskeyCreation>;

/** What `PublicKeyCredential.parseRequestOptionsFromJSON` takes. */
export const PasskeyRequest = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.number(),
  allowCredentials: z.array(Descriptor),
  userVerification: z.literal("required"),
});
export type PasskeyRequest = z.output<typeof PasskeyRequest>;

/** `confirm`: to be answered as well, by a passkey that is there already; null where there is none. */
export const PasskeyOptions = z.object({ create: PasskeyCreation, confirm: z.nullable(PasskeyRequest) });
export type PasskeyOptions = z.output<typeof PasskeyOptions>;

/** `toJSON()` of what `navigator.credentials.create` gives. */
export const CreatedPasskey = z.object({
  id: CredentialId,
  type: PublicKeyType,
  response: z.object({
    clientDataJSON: ClientData,
    authenticatorData: bytes(4096),
    publicKey: bytes(1024),
    publicKeyAlgorithm: z.number(),
    transports: z.optional(z.array(z.string().check(z.regex(/^[a-z-]{1,20}$/))).check(z.maxLength(10))),
  }),
});
export type CreatedPasskey = z.output<typeof CreatedPasskey>;

/** `toJSON()` of what `navigator.credentials.get` gives. */
export const UsedPasskey = z.object({
  id: CredentialId,
  type: PublicKeyType,
  response: z.object({
    clientDataJSON: ClientData,
    authenticatorData: bytes(4096),
    signature: bytes(2048),
    /** At most 64 bytes. */
    userHandle: z.optional(z.nullable(bytes(86))),
  }),
});
export type UsedPasskey = z.output<typeof UsedPasskey>;

/** `confirmation`: by a passkey that is there already, where one is. */
export const NewPasskey = z.strictObject({
  /** For its person to tell it from the others. */
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80)),
  credential: CreatedPasskey,
  confirmation: z.optional(UsedPasskey),
});
export type NewPasskey = z.output<typeof NewPasskey>;

export const SignIn = z.strictObject({
  credential: UsedPasskey,
  /** What is to become of what this browser has connected without the passkey. */
  before: z.optional(z.enum(["take", "leave"])),
});
export type SignIn = z.output<typeof SignIn>;
