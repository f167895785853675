/** What stands around every view. */
import type { JSX } from "preact";
import { VIEW_TITLE } from "./messages.ts";
import { Unseen } from "./parts.tsx";
import type { Told } from "./questions.tsx";
import { approvalHash, explorerHash, hashFor, KEYS_HASH, PASSKEYS_HASH, type Route } from "./route.ts";
import { SignInButton } from "./sign-in.tsx";
import { hasPasskeys } from "./webauthn.ts";

/** The first stop of the keyboard. The hash is the page's route, so this link moves focus itself. */
export function SkipLink(): JSX.Element {
  const skip = (event: Event) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
  };
  return (
    <a class="skip" href="#main" onClick={skip}>
      Skip to content
    </a>
  );
}

interface HeaderProps {
  readonly view: Route["view"];
  readonly signedIn: boolean;
  /** How many calls wait for the person. */
  readonly waiting: number;
  readonly onSignOut: () => void;
  readonly onSignedIn: (told: Told) => void;
  readonly onTold: (told: Told) => void;
}

/** Product name, one line on what it is, the views for programmers, and the way in or out. */
export function Header({ view, signedIn, waiting, onSignOut, onSignedIn, onTold }: HeaderProps): JSX.Element {
  return (
    <header class="top">
      <div>
        <a class="brand" href={hashFor(null)}>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" />
            <circle cx="16" cy="12.5" r="4.5" />
            <path d="M14.2 14h3.6l2 10h-7.6z" />
          </svg>
          Latchkey
        </a>
        <p class="quiet">One key for your accounts elsewhere</p>
        <nav class="scripted" aria-label="Views">
          <ViewLink of="overview" href={hashFor(null)} view={view} />
          <ViewLink of="explorer" href={explorerHash(null)} view={view} />
          {signedIn && <ViewLink of="approvals" href={approvalHash(null)} view={view} waiting={waiting} />}
          {signedIn && <ViewLink of="keys" href={KEYS_HASH} view={view} />}
          {signedIn && hasPasskeys() && <ViewLink of="passkeys" href={PASSKEYS_HASH} view={view} />}
        </nav>
        {signedIn && (
          <button type="button" class="button" onClick={onSignOut}>
            Sign out
          </button>
        )}
        {!signedIn && hasPasskeys() && (
          <SignInButton onSignedIn={onSignedIn} onFailed={onTold}>
            Sign in<Unseen> with a passkey</Unseen>
          </SignInButton>
        )}
      </div>
    </header>
  );
}

interface ViewLinkProps {
  readonly of: Route["view"];
  readonly href: string;
  readonly view: Route["view"];
  readonly waiting?: number;
}

function ViewLink({ of, href, view, waiting = 0 }: ViewLinkProps): JSX.Element {
  return (
    <a href={href} aria-current={view === of ? "page" : undefined}>
      {of === "explorer" ? (
        <>
          API<span class="roomy"> explorer</span>
        </>
      ) : (
        VIEW_TITLE[of]
      )}
      {waiting > 0 && (
        <span class="count">
          {waiting}
          <Unseen> waiting for you</Unseen>
        </span>
      )}
    </a>
  );
}

/** The promise this page keeps, and where programs start. */
export function Footer(): JSX.Element {
  return (
    <footer class="bottom">
      <div>
        <p>The access you give is sealed on the server and never reaches this page.</p>
        <p>
          <a href="/docs">API documentation</a>
        </p>
      </div>
    </footer>
  );
}
