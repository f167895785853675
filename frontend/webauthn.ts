/** Passkeys as the browser makes and uses them; its own JSON forms go to Latchkey and come from there as they are. */
import { LatchkeyError, type Shapes } from "latchkey-client";

type CreatedPasskey = Shapes["CreatedPasskey"];
type UsedPasskey = Shapes["UsedPasskey"];

/** Whether this browser has passkeys; where it has none, nothing of them is to be seen. */
export const hasPasskeys = (): boolean =>
  typeof PublicKeyCredential === "function" &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** Has the person make a passkey. @throws LatchkeyError with a sentence for them */
export async function createPasskey(options: Shapes["PasskeyCreation"]): Promise<CreatedPasskey> {
  const credential = await asked(async () =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  );
  const made = credential.toJSON();
  if (!("publicKey" in made.response) || !made.response.publicKey) throw problem("unexpected");
  const { clientDataJSON, authenticatorData, publicKey, publicKeyAlgorithm, transports } = made.response;
  const response = { clientDataJSON, authenticatorData, publicKey, publicKeyAlgorithm, transports };
  return { id: made.id, type: "public-key", response };
}

/** Has the person use a passkey. @throws LatchkeyError with a sentence for them */
export async function askPasskey(options: Shapes["PasskeyRequest"]): Promise<UsedPasskey> {
  const credential = await asked(async () =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  );
  const used = credential.toJSON();
  if (!("signature" in used.response)) throw problem("unexpected");
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = used.response;
  return { id: used.id, type: "public-key", response: { clientDataJSON, authenticatorData, signature, userHandle } };
}

/** What became of asking the person, by the name that browsers give it; they say no more, so that no site can tell. */
const PROBLEMS = {
  NotAllowedError: "The passkey was not used: it was cancelled, took too long, or this device has none for here.",
  InvalidStateError: "This device has a passkey for these connections already.",
  SecurityError: "Passkeys do not work at this address. Open Latchkey at its own address, and try again.",
  NotSupportedError: "This device cannot keep such a passkey. Try with another one, such as a phone.",
  ConstraintError: "This device cannot tell who you are. Set up a screen lock or a PIN, or try with another one.",
  unexpected: "This browser's passkey could not be read. Try again, or use another one.",
} as const;

const isKnown = (name: string): name is keyof typeof PROBLEMS => Object.hasOwn(PROBLEMS, name);

const problem = (name: keyof typeof PROBLEMS): LatchkeyError => new LatchkeyError(0, "unknown", PROBLEMS[name], null);

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await ask().catch((cause: unknown) => {
    const name = cause instanceof DOMException ? cause.name : "";
    throw problem(isKnown(name) ? name : "NotAllowedError");
  });
  if (!(credential instanceof PublicKeyCredential)) throw problem("NotAllowedError");
  return credential;
}
