import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { avatarHref, type Account } from "./api.ts";
import { initials } from "./format.ts";

/** Drawn for what each service holds, in a hue of its own; none of them is a service's logo. */
const MARKS: ReadonlyMap<string, { hue: string; path: string }> = new Map([
  ["airtable", { hue: "amber", path: "M3.5 5.5h13v9h-13zM3.5 8.5h13M8 8.5v6M12.2 8.5v6" }],
  [
    "hubspot",
    {
      hue: "orange",
      path: "M10 9.5a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM4.5 16c.5-2.8 2.7-4.2 5.5-4.2s5 1.4 5.5 4.2",
    },
  ],
  ["notion", { hue: "slate", path: "M5.5 3.5h6l3 3v10h-9zM11.5 3.5v3h3M8 10h4M8 13h4" }],
  [
    "spotify",
    {
      hue: "green",
      path: "M7.5 14.5V5.2l8-1.7v9.3M7.5 14.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM15.5 12.8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
    },
  ],
  [
    "github",
    {
      hue: "violet",
      path: "M6 7.3v5.4M6 7.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM6 16.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM14 9a1.8 1.8 0 1 0 0-3.6A1.8 1.8 0 0 0 14 9zM14 9c0 2.6-2 3-4 3.2-2 .2-4 .3-4 1",
    },
  ],
  [
    "google",
    {
      hue: "sky",
      path: "M3.5 6c0-.8.5-1.3 1.3-1.3h3l1.7 2h5.7c.8 0 1.3.5 1.3 1.3v6c0 .8-.5 1.3-1.3 1.3H4.8c-.8 0-1.3-.5-1.3-1.3z",
    },
  ],
  [
    "facebook",
    {
      hue: "blue",
      path: "M7.5 9.2a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM3 15.4c.3-2.5 2.1-3.8 4.5-3.8s4.2 1.3 4.5 3.8M13 5.2a2.1 2.1 0 0 1 0 3.8M14.3 11.9c1.6.5 2.5 1.7 2.7 3.5",
    },
  ],
  ["slack", { hue: "rose", path: "M8.2 3.8 6.6 16.2M13.4 3.8l-1.6 12.4M4 7.7h12.4M3.6 12.3H16" }],
  ["microsoft", { hue: "teal", path: "M3.5 7h13v8.5h-13zM7.5 7V4.8h5V7M3.5 11h13M10 10v2" }],
]);
const HUES = ["amber", "green", "violet", "sky", "rose", "teal"];

/** The tile that stands for a service: a small drawing, or its first letter. Decorative; the name always stands beside it. */
export function Mark({ integration, name }: { integration: string; name: string }): JSX.Element {
  const known = MARKS.get(integration);
  if (known === undefined) {
    return (
      <span class="mark" data-hue={HUES[hash(integration) % HUES.length]} aria-hidden="true">
        {initials(name).charAt(0)}
      </span>
    );
  }
  return (
    <span class="mark" data-hue={known.hue} aria-hidden="true">
      <svg viewBox="0 0 20 20">
        <path d={known.path} />
      </svg>
    </span>
  );
}

/** The account's picture, or its initials where it has none or it does not load. Decorative beside the name. */
export function Avatar({
  integration,
  account,
  large,
}: {
  integration: string;
  account: Account;
  large?: boolean;
}): JSX.Element {
  const [broken, setBroken] = useState(false);
  const side = large ? 64 : 28;
  return (
    <span class="avatar" data-large={large ?? false} aria-hidden="true">
      {account.avatar_url === null || broken ? (
        initials(account.name)
      ) : (
        <img src={avatarHref(integration)} alt="" width={side} height={side} onError={() => setBroken(true)} />
      )}
    </span>
  );
}

function hash(text: string): number {
  let sum = 7;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) % 1009;
  return sum;
}
