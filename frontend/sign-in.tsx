/** The way in with a passkey that was made in another browser. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { beginSignIn, LatchkeyError, signIn } from "./api.ts";
import { ConfirmDialog } from "./confirm.tsx";
import { toLatchkeyError } from "./load.ts";
import type { Told } from "./questions.tsx";
import { askPasskey } from "./webauthn.ts";

type Answer = Awaited<ReturnType<typeof askPasskey>>;

const signedIn = (text: string): Told => ({
  notice: { tone: "good", text, holds: ({ signed_in }) => signed_in },
  focus: "title",
});
const SIGNED_IN = signedIn("You are signed in with your passkey.");
const CAME_ALONG = signedIn("You are signed in with your passkey, and what was connected here came along.");

interface Props {
  readonly kind?: "primary" | undefined;
  readonly children: ComponentChildren;
  readonly onSignedIn: (told: Told) => void;
  readonly onFailed: (told: Told) => void;
}

/** Asks the person for their passkey, and what is to become of what this browser has connected by itself. */
export function SignInButton({ kind, children, onSignedIn, onFailed }: Props): JSX.Element {
  const [busy, setBusy] = useState(false);
  // The answer of a passkey that waits for what becomes of what this browser has connected by itself.
  const [waiting, setWaiting] = useState<Answer | null>(null);

  const enter = async (credential: Answer) => {
    try {
      await signIn({ credential });
      onSignedIn(SIGNED_IN);
    } catch (cause) {
      if (!(cause instanceof LatchkeyError) || cause.code !== "connected_already") throw cause;
      setWaiting(credential);
    }
  };
  const begin = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await enter(await askPasskey(await beginSignIn()));
    } catch (cause) {
      onFailed({ notice: { tone: "bad", text: toLatchkeyError(cause).message }, focus: "notice" });
    } finally {
      setBusy(false);
    }
  };
  const go = (credential: Answer, before: "take" | "leave") => async (): Promise<Told> => {
    await signIn({ credential, before });
    return before === "take" ? CAME_ALONG : SIGNED_IN;
  };

  return (
    <>
      <button type="button" class="button" data-kind={kind} aria-disabled={busy} onClick={() => void begin()}>
        {children}
      </button>
      {waiting !== null && (
        <ConfirmDialog
          title="Take along what is connected here?"
          action="Take along"
          kind="primary"
          run={go(waiting, "take")}
          other={{ action: "Leave and disconnect", run: go(waiting, "leave") }}
          onDone={onSignedIn}
          onClosed={() => setWaiting(null)}
        >
          <p>
            This browser has connected accounts without this passkey. They can come along to those that the passkey
            opens; keys and passkeys that were made for them here then end. Left behind, they are disconnected, unless
            another passkey or browser of yours still reaches them.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
