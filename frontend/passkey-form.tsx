import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { addPasskey, beginPasskey, type Passkey } from "./api.ts";
import { toLatchkeyError } from "./load.ts";
import { createPasskey, askPasskey } from "./webauthn.ts";

const NAME_LENGTH = 80;

type Options = Awaited<ReturnType<typeof beginPasskey>>;
/** What was confirmed by a passkey that is there already, and is to be made next. */
interface Confirmed {
  readonly create: Options["create"];
  readonly confirmation: Awaited<ReturnType<typeof askPasskey>>;
}

/**
 * Makes a passkey. Where there is one already it confirms that first: a step of its own, because some browsers let a page ask
 * for one passkey with each press of a button.
 */
export function PasskeyForm({ onMade }: { onMade: (passkey: Passkey) => void }): JSX.Element {
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [confirmed, setConfirmed] = useState<Confirmed | null>(null);
  const [problem, setProblem] = useState("");
  const field = useRef<HTMLInputElement>(null);

  const go = async (wanted: string) => {
    const { create, confirm } = confirmed ? { ...confirmed, confirm: null } : await beginPasskey();
    if (confirm) {
      setConfirmed({ create, confirmation: await askPasskey(confirm) });
      return;
    }
    // What was confirmed counts once.
    setConfirmed(null);
    const credential = await createPasskey(create);
    const confirmation = confirmed ? { confirmation: confirmed.confirmation } : {};
    onMade(await addPasskey({ name: wanted, credential, ...confirmation }));
    setName("");
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const wanted = name.trim();
    if (wanted === "") {
      setProblem("Name the device or the place that keeps the passkey.");
      field.current?.focus();
      return;
    }
    setBusy(true);
    setProblem("");
    try {
      await go(wanted);
    } catch (cause) {
      setProblem(toLatchkeyError(cause).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="panel key-form passkey-form"
      onSubmit={(event) => void submit(event)}
      noValidate
      aria-label="New passkey"
    >
      <label class="field">
        <span>Name</span>
        <input
          ref={field}
          type="text"
          autocomplete="off"
          maxLength={NAME_LENGTH}
          placeholder="My phone"
          value={name}
          aria-invalid={problem !== "" && name.trim() === ""}
          aria-describedby="passkey-problem"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" data-kind="primary" aria-disabled={busy}>
        {busy ? "Waiting for your passkey…" : confirmed ? "Make the new passkey" : "Add a passkey"}
      </button>
      <p class="small quiet" role="status">
        {confirmed && !busy && "Confirmed. Now make the new passkey."}
      </p>
      <p class="problem small" id="passkey-problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
