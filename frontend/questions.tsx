/** What the page asks before it does something that cannot be taken back. */
import type { JSX } from "preact";
import { disconnect, LatchkeyError, signOut, type Integration, type Integrations } from "./api.ts";
import { ConfirmDialog } from "./confirm.tsx";
import { connectId } from "./parts.tsx";
import type { Notice } from "./toasts.tsx";

export type Question = { kind: "disconnect"; integration: Integration } | { kind: "sign-out" };

/** What to say after something was done, and where the focus goes on. */
export interface Told {
  readonly notice: Notice;
  readonly focus: string;
}

interface AskedProps {
  readonly question: Question;
  readonly onDone: (told: Told) => void;
  readonly onClosed: () => void;
}

/** Asks the question, and on yes does it. */
export function Asked({ question, ...handlers }: AskedProps): JSX.Element {
  if (question.kind === "sign-out") {
    const run = async (): Promise<Told> => {
      await signOut();
      const notice: Notice = { tone: "good", text: "You are signed out.", holds: ({ signed_in }) => !signed_in };
      return { notice, focus: "title" };
    };
    return (
      <ConfirmDialog title="Sign out?" action="Sign out" run={run} {...handlers}>
        <p>
          This also disconnects the accounts this browser connected, unless another session of yours can still reach
          them.
        </p>
      </ConfirmDialog>
    );
  }
  const { integration: id, name, account } = question.integration;
  const run = async (): Promise<Told> => {
    const text = await disconnectAndTell(id, name);
    const holds = ({ integrations }: Integrations) =>
      integrations.some(({ integration, connected_at }) => integration === id && connected_at === null);
    return { notice: { tone: "good", text, holds }, focus: connectId(id) };
  };
  return (
    <ConfirmDialog title={`Disconnect ${name}?`} action="Disconnect" run={run} {...handlers}>
      <p>
        Latchkey forgets its access to {account === null ? "the account" : <strong>{account.name}</strong>}, and
        programs that use it through Latchkey stop working. Nothing in {name} is deleted; you can connect it again at
        any time.
      </p>
    </ConfirmDialog>
  );
}

/** A connection that somebody else has ended first is as gone as it was to be. */
async function disconnectAndTell(id: string, name: string): Promise<string> {
  try {
    const { revoked_at_provider: revoked } = await disconnect(id);
    const advice = revoked ? "" : ` To be thorough, also remove Latchkey in your ${name} settings.`;
    return `${name} is disconnected.${advice}`;
  } catch (cause) {
    if (cause instanceof LatchkeyError && cause.code === "not_connected") return `${name} was disconnected already.`;
    throw cause;
  }
}
