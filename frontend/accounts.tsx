/** The accounts of one service: which one is shown, what it is called, and one more of them. */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { changeConnection } from "./api.ts";
import { toLatchkeyError } from "./load.ts";
import { Avatar } from "./mark.tsx";
import { labelProblem } from "./messages.ts";
import { ConnectAnother, Unseen } from "./parts.tsx";
import { hashFor } from "./route.ts";
import type { Standing } from "./standing.ts";

interface Props {
  readonly standings: readonly Standing[];
  readonly shown: Standing;
  /** A connection is called something else, or is the default now. */
  readonly onChanged: () => void;
}

/** The way between a service's accounts and to another one, and what the one that is shown is called. */
export function Accounts({ standings, shown, onChanged }: Props): JSX.Element | null {
  const { connection, name } = shown;
  if (connection === null) return null;
  return (
    <div class="account-links">
      {standings.length > 1 && (
        <nav aria-label={`${name} accounts`}>
          {standings.map((each) => (
            <AccountLink key={each.connection?.id} standing={each} isShown={each === shown} />
          ))}
        </nav>
      )}
      <Naming standing={shown} connection={connection} onChanged={onChanged} />
      <ConnectAnother service={shown} />
    </div>
  );
}

function AccountLink({ standing, isShown }: { standing: Standing; isShown: boolean }): JSX.Element {
  const { address, account, connection, status } = standing;
  return (
    <a href={hashFor(address)} aria-current={isShown ? "page" : undefined}>
      {account !== null && <Avatar key={account.id} connection={connection} account={account} />}
      {connection?.label}
      {connection?.is_default && <span class="quiet">default</span>}
      {status !== "connected" && (
        <>
          <span class="dot" aria-hidden="true" />
          <Unseen> needs to be reconnected</Unseen>
        </>
      )}
    </a>
  );
}

interface NamingProps extends Pick<Props, "onChanged"> {
  readonly standing: Standing;
  readonly connection: NonNullable<Standing["connection"]>;
}

/** What a connection is called, so that calls can name it, and whether it is the one that is meant where they do not. */
function Naming({ standing, connection, onChanged }: NamingProps): JSX.Element {
  const [isRenaming, setRenaming] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const rename = useRef<HTMLButtonElement>(null);
  const wasRenaming = useRef(false);
  // The form leaves with the focus in it.
  useLayoutEffect(() => {
    if (wasRenaming.current && !isRenaming) rename.current?.focus();
    wasRenaming.current = isRenaming;
  }, [isRenaming]);
  const change = async (to: { label: string } | { default: true }) => {
    setProblem(null);
    try {
      await changeConnection(connection.id, to);
      setRenaming(false);
      onChanged();
    } catch (cause) {
      setProblem(labelProblem(toLatchkeyError(cause)));
    }
  };
  const cancel = () => {
    setRenaming(false);
    setProblem(null);
  };
  return (
    <div class="naming">
      {isRenaming ? (
        <LabelForm label={connection.label} onSave={(label) => void change({ label })} onCancel={cancel} />
      ) : (
        <>
          {standing.connections.length === 1 && (
            <span class="quiet small">
              Label <code>{connection.label}</code>
            </span>
          )}
          <button type="button" class="button" data-kind="quiet" ref={rename} onClick={() => setRenaming(true)}>
            Rename<Unseen> {connection.label}</Unseen>
          </button>
        </>
      )}
      {!isRenaming && !connection.is_default && (
        <button type="button" class="button" data-kind="quiet" onClick={() => void change({ default: true })}>
          Make default<Unseen> {connection.label}</Unseen>
        </button>
      )}
      <p class="problem small" id="label-problem" role="alert">
        {problem}
      </p>
    </div>
  );
}

interface LabelFormProps {
  readonly label: string;
  readonly onSave: (label: string) => void;
  readonly onCancel: () => void;
}

function LabelForm({ label, onSave, onCancel }: LabelFormProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    const wanted = field.current?.value.trim() ?? "";
    if (wanted === label) onCancel();
    else onSave(wanted);
  };
  return (
    <form onSubmit={submit} noValidate onKeyDown={(event) => event.key === "Escape" && onCancel()}>
      <label class="field">
        <Unseen>Label</Unseen>
        <input
          ref={field}
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={40}
          defaultValue={label}
          aria-describedby="label-problem"
        />
      </label>
      <button type="submit" class="button" data-kind="primary">
        Save
      </button>
      <button type="button" class="button" data-kind="quiet" onClick={onCancel}>
        Cancel
      </button>
    </form>
  );
}
