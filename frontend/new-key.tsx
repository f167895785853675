import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { NewSessionKey } from "./api.ts";
import { CopyButton } from "./copy.tsx";

interface Props {
  readonly made: NewSessionKey;
  /** The key has been seen, and the page is to forget it. */
  readonly onClosed: () => void;
}

/** A new key, the one time it is shown. */
export function NewKeyDialog({ made, onClosed }: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="new-key-title" aria-describedby="new-key-text" onClose={onClosed}>
      <h2 id="new-key-title">Your new key</h2>
      <p class="quiet" id="new-key-text">
        Copy the key <strong>{made.name}</strong> now: it is not shown again. Whoever has it can use your connected
        accounts.
      </p>
      <label class="field">
        <span>Key</span>
        <textarea readOnly rows={4} value={made.key} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div class="actions">
        <CopyButton text={made.key} kind="primary">
          Copy
        </CopyButton>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Done
        </button>
      </div>
    </dialog>
  );
}
