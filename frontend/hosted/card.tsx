import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { paintsOf } from "./accent.ts";
import type { ConnectPage } from "./calls.ts";
import type { Words } from "./words.ts";

interface Props {
  /** null: nobody knows yet, or nobody will. */
  readonly app: ConnectPage["app"] | null;
  readonly person: ConnectPage["person"];
  readonly words: Words;
  readonly children: ComponentChildren;
}

/** The frame of every page, in the app's own look: whose it is, and for whom. */
export function Card({ app, person, words, children }: Props): JSX.Element {
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    if (app?.accent) wear(app.accent);
    if (app?.logo) document.querySelector("link[rel=icon]")?.setAttribute("href", app.logo);
  }, [app]);
  const { name, email } = person ?? { name: null, email: null };
  const who = name !== null && email !== null ? `${name} (${email})` : (name ?? email);
  return (
    <div class="card">
      {app !== null && (
        <header>
          {app.logo !== null && !isBroken ? (
            <img class="logo" src={app.logo} alt="" width="40" height="40" onError={() => setBroken(true)} />
          ) : (
            <span class="logo" data-letter aria-hidden="true">
              {Array.from(app.name)[0]}
            </span>
          )}
          <p>
            <strong dir="auto">{app.name}</strong>
            {who !== null && (
              <span class="quiet small" dir="auto">
                {words.person(who)}
              </span>
            )}
          </p>
        </header>
      )}
      {children}
    </div>
  );
}

/** Has the page wear the app's colour. Not by a `style` in its HTML, which its policy forbids. */
function wear(accent: string): void {
  const { style } = document.documentElement;
  for (const [scheme, { color, ink }] of Object.entries(paintsOf(accent))) {
    style.setProperty(`--app-${scheme}`, color);
    style.setProperty(`--on-app-${scheme}`, ink);
  }
}
