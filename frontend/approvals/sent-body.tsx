import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ApprovalWhole } from "../api.ts";
import { byteSize } from "../format.ts";
import { readBody, type Pair, type Reading } from "./read-body.ts";
import { countHits, Marked, patternOf, Visible } from "./visible.tsx";

type Body = NonNullable<ApprovalWhole["body"]>;

/** What a call would send: to be read, and as it is. */
export function SentBody({ body }: { body: Body }): JSX.Element {
  const [reading] = useState(() => readBody(body));
  const [isRaw, setRaw] = useState(false);
  const [word, setWord] = useState("");
  const [current, setCurrent] = useState(0);
  const shown: Reading = isRaw ? { kind: "text" } : reading;
  const pattern = patternOf(word);
  const hits = textsOf(shown, body.text).reduce((sum, text) => sum + countHits(text, pattern), 0);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.querySelector("mark[data-current]")?.scrollIntoView({ block: "nearest" });
  }, [word, current, isRaw]);

  const search = (event: JSX.TargetedKeyboardEvent<HTMLInputElement>) => {
    // It goes on to the next, and decides nothing.
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (hits > 0) setCurrent((at) => (at + (event.shiftKey ? hits - 1 : 1)) % hits);
  };
  const show = (raw: boolean) => () => {
    setRaw(raw);
    setCurrent(0);
  };
  return (
    <>
      <BodyNotes body={body} reading={reading} />
      <div class="sent-tools">
        {reading.kind !== "text" && (
          <div class="filter" role="group" aria-label="How the body is shown">
            <button type="button" aria-pressed={!isRaw} onClick={show(false)}>
              To read
            </button>
            <button type="button" aria-pressed={isRaw} onClick={show(true)}>
              As it will be sent
            </button>
          </div>
        )}
        <div class="field">
          <input
            type="search"
            aria-label="Search in the body"
            placeholder="Search in the body"
            autocomplete="off"
            spellcheck={false}
            value={word}
            onInput={({ currentTarget }) => {
              setWord(currentTarget.value);
              setCurrent(0);
            }}
            onKeyDown={search}
          />
        </div>
        <p class="quiet small" role="status">
          {word !== "" && (hits === 0 ? "Not found" : `${current + 1} of ${hits}`)}
        </p>
      </div>
      <div ref={place}>
        {shown.kind === "form" ? (
          <PairTable name="Fields of the body" pairs={shown.pairs} pattern={pattern} current={current} />
        ) : (
          <pre class="sent" tabIndex={0} role="region" aria-label={labelOf(shown, body)}>
            <Marked text={shown.kind === "json" ? shown.text : body.text} pattern={pattern} current={current} />
          </pre>
        )}
      </div>
    </>
  );
}

function labelOf({ kind }: Reading, { is_text }: Body): string {
  if (kind === "json") return "Body, to read";
  return is_text ? "Body, as it will be sent" : "What can be read of the body";
}

/** What is searched, in the order that it is shown in. */
function textsOf(reading: Reading, text: string): readonly string[] {
  if (reading.kind === "form") return reading.pairs.flat();
  return [reading.kind === "json" ? reading.text : text];
}

/** What has to be known of a body beside what is seen of it. */
function BodyNotes({ body, reading }: { body: Body; reading: Reading }): JSX.Element {
  const { type, bytes, sha256, is_text, is_whole } = body;
  return (
    <>
      <dl class="facts">
        <dt>Type</dt>
        <dd>{type === null ? "not said" : <Visible text={type} />}</dd>
        <dt>Size</dt>
        <dd>
          {byteSize(bytes)}
          {bytes >= 1000 && ` (${bytes.toLocaleString("en")} bytes)`}
        </dd>
        <dt>SHA-256</dt>
        <dd>
          <code>{sha256}</code>
        </dd>
      </dl>
      {!is_whole && (
        <p class="health-note">
          <strong>Only the beginning is shown</strong>: all of it has {bytes.toLocaleString("en")} bytes. Allow it only
          if you know what the rest is.
        </p>
      )}
      {!is_text && (
        <p class="health-note">
          <strong>This is no text.</strong> What can be read of it is below, with <code>{"\ufffd"}</code> for what
          cannot; what is sent is something else.
        </p>
      )}
      {reading.kind === "json" && reading.doubled.length > 0 && (
        <p class="health-note">
          <strong>A name stands twice in one object</strong>:{" "}
          {reading.doubled.map((name) => (
            <code key={name}>
              <Visible text={name} />
            </code>
          ))}{" "}
          Which of its values counts is for the service to say.
        </p>
      )}
    </>
  );
}

interface PairsProps {
  readonly name: string;
  readonly pairs: readonly Pair[];
  readonly pattern?: RegExp | null;
  readonly current?: number;
}

/** Names and values in their order, each as often as it stands there. */
export function PairTable({ name, pairs, pattern = null, current }: PairsProps): JSX.Element {
  let before = 0;
  const cell = (text: string) => {
    const marked = (
      <Marked text={text} pattern={pattern} before={before} {...(current === undefined ? {} : { current })} />
    );
    before += countHits(text, pattern);
    return marked;
  };
  return (
    <div class="table-frame pairs">
      <table aria-label={name}>
        <tbody>
          {pairs.map(([key, value], index) => (
            // They are never in another order.
            <tr key={index}>
              <th scope="row" class="sent">
                {cell(key)}
              </th>
              <td class="sent">{cell(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
