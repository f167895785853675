import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Call } from "./call.ts";
import { CopyButton } from "./copy.tsx";
import { Unseen } from "./parts.tsx";
import { KEYS_HASH } from "./route.ts";
import { KEY_PLACEHOLDER, snippets } from "./snippets.ts";

/** A call as code for a terminal or a program. */
export function CopyAs({ call, title = "Copy as" }: { call: Call; title?: string }): JSX.Element {
  const [label, setLabel] = useState("curl");
  const all = snippets(call);
  const shown = all.find((snippet) => snippet.label === label) ?? all[0];
  return (
    <section class="copy-as" aria-labelledby="copy-as-title">
      <div class="items-head">
        <h2 id="copy-as-title">{title}</h2>
      </div>
      {shown === undefined ? (
        <p class="panel quiet">Enter a path first.</p>
      ) : (
        <div class="panel snippet">
          <div class="filter" role="group" aria-label="Write the call as">
            {all.map((snippet) => (
              <button
                type="button"
                key={snippet.label}
                aria-pressed={snippet === shown}
                onClick={() => setLabel(snippet.label)}
              >
                {snippet.label}
              </button>
            ))}
          </div>
          <pre tabIndex={0} role="region" aria-label={`The call as ${shown.label}`}>
            {shown.code}
          </pre>
          <CopyButton key={shown.code} text={shown.code}>
            Copy<Unseen> as {shown.label}</Unseen>
          </CopyButton>
          <p class="quiet small">
            Put one of your <a href={KEYS_HASH}>keys</a> in place of <code>{KEY_PLACEHOLDER}</code>.
          </p>
        </div>
      )}
    </section>
  );
}
