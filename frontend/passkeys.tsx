import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fetchPasskeys, removePasskey, type Integrations, type Passkey } from "./api.ts";
import { ConfirmDialog } from "./confirm.tsx";
import { BackLink } from "./connection.tsx";
import { useLoaded } from "./load.ts";
import { VIEW_TITLE } from "./messages.ts";
import { Empty, Failure, PageHead, RetryButton, Unseen } from "./parts.tsx";
import { PasskeyForm } from "./passkey-form.tsx";
import { PasskeyTable } from "./passkey-table.tsx";
import type { Told } from "./questions.tsx";
import { hashFor } from "./route.ts";
import { SignInButton } from "./sign-in.tsx";
import { hasPasskeys } from "./webauthn.ts";

interface Props {
  readonly list: Integrations;
  readonly onTold: (told: Told) => void;
  readonly onSignedIn: (told: Told) => void;
}

/** The passkeys that open these connections on other devices: listed, added, removed; and the way in with one. */
export function Passkeys({ list, onTold, onSignedIn }: Props): JSX.Element {
  const isConnected = list.integrations.some(({ connected_at }) => connected_at !== null);
  return (
    <>
      <BackLink />
      <PageHead title={VIEW_TITLE.passkeys}>
        A passkey opens your connections on other devices, with your fingerprint, your face or a PIN, and keeps them for
        a year when this browser forgets you.
      </PageHead>
      {hasPasskeys() ? (
        <>
          {list.signed_in && <OwnPasskeys isConnected={isConnected} onTold={onTold} />}
          <Elsewhere signedIn={list.signed_in} onSignedIn={onSignedIn} onTold={onTold} />
        </>
      ) : (
        <Empty title="This browser has no passkeys">
          <p class="quiet">Another browser, or a newer one, can make and use them.</p>
        </Empty>
      )}
    </>
  );
}

/** The way to what another browser has connected. */
function Elsewhere({ signedIn, ...handlers }: Omit<Props, "list"> & { signedIn: boolean }): JSX.Element {
  return (
    <section class="panel offer" aria-labelledby="elsewhere-title">
      <div>
        <h2 id="elsewhere-title">{signedIn ? "Connected something elsewhere?" : "You are not signed in"}</h2>
        <p class="quiet">A passkey of yours opens what you have connected in another browser.</p>
      </div>
      <SignInButton kind={signedIn ? undefined : "primary"} onSignedIn={handlers.onSignedIn} onFailed={handlers.onTold}>
        Sign in with a passkey
      </SignInButton>
    </section>
  );
}

function OwnPasskeys({ isConnected, onTold }: { isConnected: boolean; onTold: Props["onTold"] }): JSX.Element {
  const [list, reload] = useLoaded(fetchPasskeys);
  const [doomed, setDoomed] = useState<Passkey | null>(null);
  // The button that tries again leaves with its message, so the focus moves on first.
  const retry = () => {
    document.getElementById("title")?.focus();
    reload();
  };
  const keep = ({ name }: Passkey) => {
    reload();
    onTold({ notice: { tone: "good", text: `The passkey “${name}” is added.` }, focus: "title" });
  };
  const isLast = list.phase === "ready" && list.value.passkeys.length === 1;
  const remove = async ({ id, name }: Passkey): Promise<Told> => {
    await removePasskey(id, isLast);
    return { notice: { tone: "good", text: `The passkey “${name}” is removed.` }, focus: "title" };
  };
  const finish = (told: Told) => {
    reload();
    onTold(told);
  };
  return (
    <>
      {isConnected ? <PasskeyForm onMade={keep} /> : <ConnectFirst />}
      <section aria-labelledby="passkeys-title" aria-busy={list.phase === "loading"}>
        <div class="items-head">
          <h2 id="passkeys-title">Your passkeys</h2>
        </div>
        {list.phase === "loading" && <Unseen>Loading your passkeys</Unseen>}
        {list.phase === "failed" && <Failure error={list.error} action={<RetryButton onClick={retry} />} />}
        {list.phase === "ready" && list.value.passkeys.length === 0 && (
          <Empty title="No passkeys yet">
            <p class="quiet">The passkeys you add are listed here, with when each was last used.</p>
          </Empty>
        )}
        {list.phase === "ready" && list.value.passkeys.length > 0 && (
          <PasskeyTable passkeys={list.value.passkeys} onRemove={setDoomed} />
        )}
      </section>
      {doomed !== null && (
        <ConfirmDialog
          title={isLast ? "Remove your last passkey?" : "Remove this passkey?"}
          action="Remove"
          run={() => remove(doomed)}
          onDone={finish}
          onClosed={() => setDoomed(null)}
        >
          <p>
            <strong>{doomed.name}</strong> opens nothing here any more. Browsers that are signed in stay so.
            {isLast &&
              " Without a passkey your connections belong to those browsers alone: when the last of them forgets you, they are disconnected."}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function ConnectFirst(): JSX.Element {
  return (
    <Empty title="Nothing is connected">
      <p class="quiet">A passkey keeps what is connected within reach, so connect something first.</p>
      <a class="button" data-kind="primary" href={hashFor(null)}>
        See all connections
      </a>
    </Empty>
  );
}
