/** What the page asks before it does something that cannot be taken back. */
import type { JSX } from "preact";
import { disconnect, LatchkeyError, signOut, type Integrations } from "./api.ts";
import { ConfirmDialog } from "./confirm.tsx";
import { connectId } from "./parts.tsx";
import { titleOf, type Standing } from "./standing.ts";
import type { Notice } from "./toasts.tsx";

export type Question =
  | { readonly kind: "disconnect"; readonly standing: Standing }
  /** Another connection lives on the same access at the service. */
  | { readonly kind: "disconnect-shared"; readonly standing: Standing }
  | { readonly kind: "sign-out" };

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
          This also disconnects the accounts this browser connected, unless another session or a passkey of yours can
          still reach them.
        </p>
      </ConfirmDialog>
    );
  }
  const { standing } = question;
  const title = titleOf(standing);
  if (question.kind === "disconnect-shared") {
    const run = (shared: "keep" | "end") => async (): Promise<Told> =>
      toldOf(standing, await endConnection(standing, shared));
    return (
      <ConfirmDialog
        title={`${title} shares its access`}
        action="Disconnect this one only"
        run={run("keep")}
        other={{ action: "End both", run: run("end") }}
        {...handlers}
      >
        <p>
          {standing.name} knows one access for this account, and another connection uses it too. Latchkey can forget
          this connection and leave the access to the other, or take the access back at {standing.name}, which ends
          both.
        </p>
      </ConfirmDialog>
    );
  }
  const run = async (): Promise<Told> => toldOf(standing, await endConnection(standing));
  return (
    <ConfirmDialog title={`Disconnect ${title}?`} action="Disconnect" run={run} {...handlers}>
      <p>
        Latchkey forgets its access to{" "}
        {standing.account === null ? "the account" : <strong>{standing.account.name}</strong>}, and programs that use it
        through Latchkey stop working. Nothing in {standing.name} is deleted; you can connect it again at any time.
      </p>
    </ConfirmDialog>
  );
}

type Ended = "ended" | "revoked" | "gone" | "shared";

/** A connection that somebody else has ended first is as gone as it was to be. */
async function endConnection({ address }: Standing, shared?: "keep" | "end"): Promise<Ended> {
  try {
    return (await disconnect(address, shared)).revoked_at_provider ? "revoked" : "ended";
  } catch (cause) {
    if (!(cause instanceof LatchkeyError)) throw cause;
    if (cause.code === "not_connected" || cause.code === "unknown_connection") return "gone";
    if (cause.code === "shared_grant") return "shared";
    throw cause;
  }
}

function toldOf(standing: Standing, ended: Ended): Told {
  const { integration, name, connection } = standing;
  const title = titleOf(standing);
  const holds = ({ integrations }: Integrations) =>
    integrations.every(({ connections }) => connections.every(({ id }) => id !== connection?.id));
  const text = {
    revoked: `${title} is disconnected.`,
    ended: `${title} is disconnected. To be thorough, also remove Latchkey in your ${name} settings.`,
    gone: `${title} was disconnected already.`,
    shared: `${title} is still connected: another connection uses the same access.`,
  }[ended];
  const focus = standing.connections.length > 1 ? "title" : connectId(integration);
  if (ended !== "shared") return { notice: { tone: "good", text, holds }, focus };
  return {
    notice: { tone: "plain", text, holds: (list) => !holds(list) },
    focus,
    question: { kind: "disconnect-shared", standing },
  };
}
