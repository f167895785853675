/** What stands around every view. */
import type { JSX } from "preact";

export interface Notice {
  readonly tone: "good" | "bad";
  readonly text: string;
}

/** Product name, one line on what it is, and the way out. */
export function Header({ signedIn, onSignOut }: { signedIn: boolean; onSignOut: () => void }): JSX.Element {
  return (
    <header class="top">
      <div>
        <a class="brand" href="#/">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" />
            <circle cx="16" cy="12.5" r="4.5" />
            <path d="M14.2 14h3.6l2 10h-7.6z" />
          </svg>
          Latchkey
        </a>
        <p class="quiet">One key for your accounts elsewhere</p>
        {signedIn && (
          <button type="button" class="button" onClick={onSignOut}>
            Sign out
          </button>
        )}
      </div>
    </header>
  );
}

/** How the last thing the person did ended. The text is announced elsewhere; this shows it until dismissed. */
export function NoticeBar({ notice, onDismiss }: { notice: Notice; onDismiss: () => void }): JSX.Element {
  return (
    <div class="notice" id="notice" data-tone={notice.tone} tabIndex={-1} role="group" aria-label={notice.text}>
      <p>{notice.text}</p>
      <button type="button" aria-label="Dismiss message" onClick={onDismiss}>
        <span aria-hidden="true">×</span>
      </button>
    </div>
  );
}

/** The promise this page keeps, and where programs start. */
export function Footer(): JSX.Element {
  return (
    <footer class="bottom">
      <div>
        <p>Tokens are sealed on the server and never reach this page.</p>
      </div>
    </footer>
  );
}
