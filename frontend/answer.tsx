import type { JSX } from "preact";
import type { Answer, Call } from "./call.ts";
import { byteSize, duration } from "./format.ts";
import { plural } from "./messages.ts";
import { Reconnect } from "./parts.tsx";
import type { Standing } from "./standing.ts";

/** How far the last call has come. */
export type Progress =
  | { phase: "none" }
  | { phase: "running"; call: Call }
  | { phase: "stopped"; call: Call }
  | { phase: "failed"; call: Call }
  | { phase: "answered"; call: Call; answer: Answer };

/** What came back: how it went, the body, the headers. */
export function AnswerView({
  progress,
  standing,
}: {
  progress: Progress;
  standing: Standing | undefined;
}): JSX.Element {
  return (
    <section class="answer" aria-labelledby="answer-title" aria-busy={progress.phase === "running"}>
      <div class="items-head">
        <h2 id="answer-title">Answer</h2>
        <p class="quiet small" role="status">
          {progressWords(progress)}
        </p>
      </div>
      {progress.phase === "answered" ? (
        <Answered call={progress.call} answer={progress.answer} standing={standing} />
      ) : (
        <div class="panel empty">
          <p class="quiet">{emptyWords(progress)}</p>
        </div>
      )}
    </section>
  );
}

function progressWords(progress: Progress): string {
  if (progress.phase === "running") return "Waiting for the answer…";
  if (progress.phase !== "answered") return "";
  const { status, duration_ms, body } = progress.answer;
  return `${status} after ${duration(duration_ms)}, ${byteSize(body.bytes)}`;
}

function emptyWords({ phase }: Progress): string {
  if (phase === "running") return "The call is on its way.";
  if (phase === "stopped") return "Stopped. The service may have received the call all the same.";
  if (phase === "failed") {
    return "No answer. Latchkey cannot be reached, or the service redirects to another site, which this page does not follow: copied as curl, the call shows where to.";
  }
  return "Send a call to see its answer here.";
}

interface AnsweredProps {
  readonly call: Call;
  readonly answer: Answer;
  readonly standing: Standing | undefined;
}

function Answered({ call, answer, standing }: AnsweredProps): JSX.Element {
  const { status, status_text, error_code } = answer;
  const name = standing?.name ?? call.integration;
  const isLost = error_code === "reauth_required" || error_code === "not_connected";
  return (
    <div class="panel answered">
      <div class="answer-line">
        <span class="chip" data-status={toneOf(answer)}>
          {`${status} ${status_text}`.trim()}
        </span>
        <code>
          {call.method} {call.path.trim()}
        </code>
      </div>
      {error_code === null ? (
        <p class="quiet small">{name} answered.</p>
      ) : (
        <p class="health-note small">
          This error is Latchkey’s, not {name}’s: <code>{error_code}</code>
        </p>
      )}
      {isLost && standing && <Reconnect standing={standing} />}
      <BodyView answer={answer} />
      <HeaderList headers={answer.headers} />
    </div>
  );
}

/** In the colours of a connection's status: as it should be, the caller's to mend, or neither. */
function toneOf({ status, error_code }: Answer): string | undefined {
  if (error_code !== null || status >= 400) return "expired";
  return status < 300 ? "connected" : undefined;
}

function BodyView({ answer: { body } }: { answer: Answer }): JSX.Element {
  if (body.bytes === 0) return <p class="quiet">No body.</p>;
  if (body.text === null) return <p class="quiet">Binary, {plural(body.bytes, "byte")}.</p>;
  return (
    <>
      <pre class="body" tabIndex={0} role="region" aria-label={body.is_json ? "Answered JSON" : "Answered text"}>
        {body.text}
      </pre>
      {body.cut && <p class="quiet small">This is the beginning of {byteSize(body.bytes)}.</p>}
    </>
  );
}

function HeaderList({ headers }: Pick<Answer, "headers">): JSX.Element {
  return (
    <details>
      <summary>{plural(headers.length, "header")}</summary>
      <dl class="facts">
        {headers.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}
