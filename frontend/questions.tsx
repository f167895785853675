/** What the page asks before it does something that cannot be taken back. */
import type { JSX } from "preact";
import { connectHref, disconnect, LatchkeyError, signOut, type Integration, type Integrations } from "./api.ts";
import { ConfirmDialog } from "./confirm.tsx";
import { connectId } from "./parts.tsx";
import type { Notice } from "./toasts.tsx";

export type Question = { kind: "disconnect" | "replace"; integration: Integration } | { kind: "sign-out" };

/** What to say after something was done, and where the focus goes on. */
export interface Told {
  readonly notice: Notice;
  readonly focus: string;
  /** What only the person can decide. */
  readonly question?: Question;
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
  if (question.kind === "replace") {
    const run = (): Promise<Told> => {
      location.assign(connectHref(id, true));
      // The page leaves, and what becomes of it is told when it comes back.
      return new Promise(() => {});
    };
    return (
      <ConfirmDialog title={`Use another ${name} account?`} action="Use the other account" run={run} {...handlers}>
        <p>
          {name} is connected as <strong>{account?.name}</strong>, and stays so. You came back from it with another
          account, which Latchkey has let go. To use that one instead, sign in with it at {name} once more: programs
          that use this connection then work in that account.
        </p>
      </ConfirmDialog>
    );
  }
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
