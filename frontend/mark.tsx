import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { avatarHref, type Account } from "./api.ts";
import { initials } from "./format.ts";
import { marks, type Mark as ServiceMark } from "./marks.ts";
import type { Standing } from "./standing.ts";

/** Foreign ids are looked up, so "constructor" must not find anything. */
const MARKS = new Map<string, ServiceMark>(Object.entries(marks));
const HUES = ["amber", "green", "violet", "sky", "rose", "teal"];

/**
 * The tile that stands for a service: its own mark, or its first letter. Decorative; the name always stands beside it.
 * @param src where its mark is, of a service of the catalogue
 */
export function Mark({
  integration,
  name,
  src,
}: {
  integration: string;
  name: string;
  src?: string | null;
}): JSX.Element {
  if (src) {
    return (
      <span class="mark" data-drawn="" aria-hidden="true">
        <img src={src} alt="" width="22" height="22" loading="lazy" />
      </span>
    );
  }
  const known = MARKS.get(integration);
  if (known === undefined) {
    return (
      <span class="mark" data-hue={HUES[hash(integration) % HUES.length]} aria-hidden="true">
        {initials(name).charAt(0)}
      </span>
    );
  }
  // The brand's colour; the stylesheet turns it lighter or darker until it stands out. A style would break the page's policy.
  const paint = { color: known.color };
  return (
    <span class="mark" aria-hidden="true">
      <svg viewBox="0 0 24 24" width="22" height="22" {...paint}>
        <path d={known.path} />
      </svg>
    </span>
  );
}

interface AvatarProps {
  /** Its address is by the connection's id, which leads to no other account while the picture is kept. */
  readonly connection: Standing["connection"];
  readonly account: Account;
  readonly large?: boolean;
}

/** The account's picture, or its initials where it has none or it does not load. Decorative beside the name. */
export function Avatar({ connection, account, large }: AvatarProps): JSX.Element {
  const [broken, setBroken] = useState(false);
  const side = large ? 64 : 28;
  return (
    <span class="avatar" data-large={large ?? false} aria-hidden="true">
      {account.avatar_url === null || connection === null || broken ? (
        initials(account.name)
      ) : (
        <img src={avatarHref(connection.id)} alt="" width={side} height={side} onError={() => setBroken(true)} />
      )}
    </span>
  );
}

function hash(text: string): number {
  let sum = 7;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) % 1009;
  return sum;
}
