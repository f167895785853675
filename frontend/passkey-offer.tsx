import type { JSX } from "preact";
import { fetchPasskeys } from "./api.ts";
import { useLoaded } from "./load.ts";
import { PASSKEYS_HASH } from "./route.ts";
import { hasPasskeys } from "./webauthn.ts";

/** For whoever has connected something and has no passkey yet. It asks for nothing. */
export function PasskeyOffer(): JSX.Element | null {
  return hasPasskeys() ? <OfferWithoutOne /> : null;
}

function OfferWithoutOne(): JSX.Element | null {
  const [list] = useLoaded(fetchPasskeys);
  if (list.phase !== "ready" || list.value.passkeys.length > 0) return null;
  return (
    <section class="panel offer" aria-labelledby="offer-title">
      <div>
        <h2 id="offer-title">Keep this on your other devices</h2>
        <p class="quiet">
          Your connections belong to this browser, and go when it forgets you. A passkey opens them anywhere, with your
          fingerprint, your face or a PIN.
        </p>
      </div>
      <a class="button" href={PASSKEYS_HASH}>
        Add a passkey
      </a>
    </section>
  );
}
