import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { readAnswer, type AnswerBody } from "../answer-body.ts";
import type { Route } from "./document.ts";
import { headersOf, pathOf, type Filled } from "./samples.ts";

interface Props {
  readonly route: Route;
  readonly filled: Filled;
  readonly onFill: (filled: Pick<Filled, "values" | "body">) => void;
}

type Progress =
  | { phase: "none" | "running" | "failed" | "redirected" }
  | { phase: "answered"; status: string; isError: boolean; body: AnswerBody };

/** Fills in the call that the samples show, and sends it. */
export function TryIt({ route, filled, onFill }: Props): JSX.Element {
  const [progress, setProgress] = useState<Progress>({ phase: "none" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const { operation, method } = route;
  const inUrl = operation.parameters.filter((parameter) => parameter.in !== "header");
  const send = async (event: Event) => {
    event.preventDefault();
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setProgress({ phase: "running" });
    const answer = await call(route, filled, mine.signal).catch((): Progress => ({ phase: "failed" }));
    if (!mine.signal.aborted) setProgress(answer);
  };
  return (
    <form class="try" onSubmit={(event) => void send(event)} aria-label="Try it">
      <h2>Try it</h2>
      {inUrl.map(({ name, required }) => (
        <label key={name}>
          <span>
            <code>{name}</code>
            {!required && <span class="quiet"> optional</span>}
          </span>
          <input
            required={required}
            autocomplete="off"
            spellcheck={false}
            value={filled.values[name] ?? ""}
            onInput={({ currentTarget: { value } }) =>
              onFill({ body: filled.body, values: { ...filled.values, [name]: value } })
            }
          />
        </label>
      ))}
      {(operation.requestBody !== undefined || takesAny(route)) && (
        <label>
          <span>Body (JSON)</span>
          <textarea
            rows={Math.min(12, filled.body.split("\n").length + 1)}
            spellcheck={false}
            value={filled.body}
            onInput={({ currentTarget: { value } }) => onFill({ values: filled.values, body: value })}
          />
        </label>
      )}
      <button type="submit">Send</button>
      {method !== "get" && <p class="quiet">It is carried out for real, here.</p>}
      <div role="status">
        <Shown progress={progress} />
      </div>
    </form>
  );
}

/** What goes through to a service may have a body, though nothing is declared of it. */
const takesAny = ({ path, method }: Route): boolean => path.startsWith("/proxy/") && /^p(?:ost|ut|atch)$/.test(method);

/** With a key as a program, without one as the person at this page. */
async function call(route: Route, filled: Filled, signal: AbortSignal): Promise<Progress> {
  const { Authorization: _, ...others } = headersOf(route, filled);
  const { key, body } = filled;
  const answer = await fetch(pathOf(route, filled), {
    method: route.method.toUpperCase(),
    headers: {
      Accept: "application/json",
      "X-CSRF": "1",
      ...others,
      ...(key ? { Authorization: `Bearer ${key}` } : {}),
    },
    ...(body === "" ? {} : { body }),
    credentials: key === "" ? "same-origin" : "omit",
    redirect: "manual",
    cache: "no-store",
    signal,
  });
  if (answer.type === "opaqueredirect") return { phase: "redirected" };
  const status = `${answer.status} ${answer.statusText}`.trim();
  return { phase: "answered", status, isError: !answer.ok, body: await readAnswer(answer) };
}

function Shown({ progress }: { progress: Progress }): JSX.Element | null {
  switch (progress.phase) {
    case "none":
      return null;
    case "running":
      return <p>Waiting for the answer…</p>;
    case "failed":
      return <p>There was no answer. Look at the network and try again.</p>;
    case "redirected":
      return <p>The answer leads elsewhere, where a browser goes by itself: open the address in a window.</p>;
    case "answered":
      return (
        <>
          <p>
            <span class="status" data-error={progress.isError}>
              {progress.status}
            </span>
          </p>
          {progress.body.bytes > 0 && (
            <pre tabIndex={0} role="region" aria-label="Answer">
              {progress.body.text ?? `Binary, ${progress.body.bytes} bytes.`}
            </pre>
          )}
        </>
      );
  }
}
