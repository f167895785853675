import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { bodyOf, callUrl, exampleCall, METHODS, takesBody, type Call } from "./call.ts";
import { titleOf, type Standing } from "./standing.ts";

interface Props {
  readonly standings: readonly Standing[];
  readonly call: Call;
  readonly isRunning: boolean;
  readonly onChange: (call: Call) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

interface Problems {
  readonly path: string | null;
  readonly body: string | null;
}

/** What to call: the service, the method, the path and the body. */
export function CallForm({ standings, call, isRunning, onChange, onSend, onStop }: Props): JSX.Element {
  const [problems, setProblems] = useState<Problems>({ path: null, body: null });
  const path = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLTextAreaElement>(null);
  const send = useRef<HTMLButtonElement>(null);

  const change = (next: Call) => {
    setProblems({ path: null, body: null });
    onChange(next);
  };
  const choose = (address: string) => {
    const chosen = standings.find((each) => each.address === address);
    // Of the same service only the account changes.
    if (chosen?.integration === call.integration) change({ ...call, address });
    else if (chosen) change(exampleCall(chosen));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (isRunning) return;
    const found = problemsOf(call);
    setProblems(found);
    if (found.path !== null) path.current?.focus();
    else if (found.body !== null) body.current?.focus();
    else onSend();
  };
  // The button that stops leaves with the call, so the focus moves on first.
  const stop = () => {
    send.current?.focus();
    onStop();
  };

  return (
    <form class="panel call-form" onSubmit={submit} noValidate aria-label="Call">
      <label class="field">
        <span>Service</span>
        <select value={call.address} onChange={(event) => choose(event.currentTarget.value)}>
          {standings.map((each) => (
            <option key={each.address} value={each.address}>
              {titleOf(each)}
            </option>
          ))}
        </select>
      </label>
      <MethodField call={call} onChange={change} />
      <label class="field path">
        <span>Path</span>
        <input
          ref={path}
          type="text"
          inputMode="url"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          value={call.path}
          aria-invalid={problems.path !== null}
          aria-describedby="path-problem"
          onInput={(event) => change({ ...call, path: event.currentTarget.value })}
        />
      </label>
      {takesBody(call.method) && (
        <label class="field body">
          <span>Body (JSON, optional)</span>
          <textarea
            ref={body}
            rows={6}
            spellcheck={false}
            value={call.body}
            aria-invalid={problems.body !== null}
            aria-describedby="body-problem"
            onInput={(event) => change({ ...call, body: event.currentTarget.value })}
          />
        </label>
      )}
      <div class="actions">
        <button type="submit" class="button" data-kind="primary" ref={send} aria-disabled={isRunning}>
          {isRunning ? "Sending…" : "Send"}
        </button>
        {isRunning && (
          <button type="button" class="button" onClick={stop}>
            Stop
          </button>
        )}
      </div>
      <Problem id="path-problem" text={problems.path} />
      <Problem id="body-problem" text={problems.body} />
    </form>
  );
}

function MethodField({ call, onChange }: Pick<Props, "call" | "onChange">): JSX.Element {
  const choose = (value: string) => {
    const method = METHODS.find((each) => each === value);
    if (method) onChange({ ...call, method });
  };
  return (
    <label class="field">
      <span>Method</span>
      <select value={call.method} onChange={(event) => choose(event.currentTarget.value)}>
        {METHODS.map((method) => (
          <option key={method}>{method}</option>
        ))}
      </select>
    </label>
  );
}

function Problem({ id, text }: { id: string; text: string | null }): JSX.Element {
  return (
    <p class="problem small" id={id} role="alert">
      {text}
    </p>
  );
}

function problemsOf(call: Call): Problems {
  const isPath = callUrl(call) !== null;
  return {
    path: isPath ? null : "Enter the path alone, beginning with a slash and without dot segments: /user/repos",
    body: isJson(bodyOf(call) ?? "null") ? null : "This is not JSON. Check its quotes, commas and brackets.",
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
