import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LatchkeyError } from "./api.ts";
import { toLatchkeyError } from "./load.ts";

interface Props<T> {
  readonly title: string;
  readonly action: string;
  /** Whether doing it takes nothing away. */
  readonly kind?: "primary";
  readonly children: ComponentChildren;
  /** Does it; the dialog stays open with the message if that fails. */
  readonly run: () => Promise<T>;
  /** What can be done in its place. */
  readonly other?: { readonly action: string; readonly run: () => Promise<T> };
  /** It is done and the dialog has given the focus back, which is now free to go on from there. */
  readonly onDone: (result: T) => void;
  /** The dialog has closed, confirmed or not. */
  readonly onClosed: () => void;
}

/** Asks before something that cannot be undone. Cancel has the focus first; Escape cancels. */
export function ConfirmDialog<T>({
  title,
  action,
  kind,
  children,
  run,
  other,
  onDone,
  onClosed,
}: Props<T>): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<LatchkeyError | null>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async (chosen: () => Promise<T>) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const result = await chosen();
      dialog.current?.close();
      onDone(result);
    } catch (cause) {
      setError(toLatchkeyError(cause));
      setBusy(false);
    }
  };

  return (
    <dialog
      ref={dialog}
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      onClose={onClosed}
      // Once it has been sent it cannot be taken back, so the dialog waits for the answer.
      onCancel={(event) => busy && event.preventDefault()}
    >
      <h2 id="confirm-title">{title}</h2>
      <div id="confirm-text">{children}</div>
      <p class="dialog-error" role="alert">
        {error?.message}
      </p>
      <div class="actions">
        <button type="button" class="button" aria-disabled={busy} onClick={() => busy || dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          class="button"
          data-kind={kind ?? "danger"}
          aria-disabled={busy}
          onClick={() => void confirm(run)}
        >
          {busy ? "One moment…" : action}
        </button>
        {other !== undefined && (
          <button
            type="button"
            class="button"
            data-kind="danger"
            aria-disabled={busy}
            onClick={() => void confirm(other.run)}
          >
            {other.action}
          </button>
        )}
      </div>
    </dialog>
  );
}
