import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { CopyButton } from "../copy.tsx";
import type { Sample } from "./samples.ts";

/** The language that was chosen last, for the operations that are looked at next. */
let chosen = "curl";

/** A call in one of the languages that it is written in. */
export function Samples({ samples }: { samples: readonly Sample[] }): JSX.Element | null {
  const [label, setLabel] = useState(chosen);
  const shown = samples.find((sample) => sample.label === label) ?? samples[0];
  if (shown === undefined) return null;
  const choose = (wanted: string) => {
    chosen = wanted;
    setLabel(wanted);
  };
  return (
    <div class="samples">
      <div class="languages" role="group" aria-label="Language">
        {samples.map((sample) => (
          <button type="button" key={sample.label} aria-pressed={sample === shown} onClick={() => choose(sample.label)}>
            {sample.label}
          </button>
        ))}
      </div>
      <Code text={shown.code} label={`The call as ${shown.label}`} />
    </div>
  );
}

/** A text that scrolls by itself, which a keyboard has to reach, and can be copied. */
export function Code({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <CopyButton key={text} text={text}>
        Copy<span class="unseen"> {label}</span>
      </CopyButton>
    </div>
  );
}
