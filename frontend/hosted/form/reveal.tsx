import type { JSX } from "preact";

interface Props {
  /** The same whether it is pressed or not: that says the state. */
  readonly says: string;
  readonly isPressed: boolean;
  readonly onPressed: () => void;
}

/** Shows what is in a masked field while it is pressed. */
export function RevealButton({ says, isPressed, onPressed }: Props): JSX.Element {
  return (
    <button
      type="button"
      class="reveal"
      aria-pressed={isPressed}
      aria-label={says}
      title={says}
      // The field keeps the focus of whoever is typing.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPressed}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <path d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12z" />
        <circle cx="12" cy="12" r="3" />
        {!isPressed && <path d="M4 4l16 16" />}
      </svg>
    </button>
  );
}
