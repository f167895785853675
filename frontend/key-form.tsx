import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { createKey, type Grant, type NewSessionKey } from "./api.ts";
import { toLatchkeyError } from "./load.ts";
import { titleOf, type Standing } from "./standing.ts";

const DAY_SECONDS = 86_400;
const LIFETIMES = [
  [1, "1 day"],
  [30, "30 days"],
  [90, "90 days"],
  [365, "1 year"],
] as const;
const USUAL_DAYS = 90;
const NAME_LENGTH = 80;

/** What a key may do: all that its person may, or what a grant says. */
const MAY = [
  ["all", "Read and change"],
  ["read", "Only read"],
  ["ask", "Read, and ask me before it changes anything"],
  ["rules", "By rules"],
] as const;
type May = (typeof MAY)[number][0];

const EXAMPLE = `[{ "paths": ["/repos/acme/**"], "writes": "allow" }]`;

/** @throws SyntaxError for rules that are no JSON; what they say is for Latchkey to check */
function grantOf(may: May, rules: string): Grant | null {
  if (may === "all") return null;
  if (may === "rules") return { rules: JSON.parse(rules) };
  return { rules: [{ writes: may === "read" ? "refuse" : "ask" }] };
}

interface Props {
  /** The connections that a key may be for. */
  readonly standings: readonly Standing[];
  readonly onMade: (key: NewSessionKey) => void;
}

/** Makes a key: what it is for, and for how long. */
export function KeyForm({ standings, onMade }: Props): JSX.Element {
  const [name, setName] = useState("");
  const [days, setDays] = useState(USUAL_DAYS);
  const [connection, setConnection] = useState("");
  const [may, setMay] = useState<May>("all");
  const [rules, setRules] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const wanted = name.trim();
    if (wanted === "") {
      setProblem("Name the program that will use the key.");
      field.current?.focus();
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const only = connection === "" ? null : connection;
      onMade(await createKey(wanted, days * DAY_SECONDS, only, grantOf(may, rules)));
      setName("");
    } catch (cause) {
      const isNoJson = cause instanceof SyntaxError;
      setProblem(
        isNoJson ? "The rules are not JSON. Write a list, as in the example." : toLatchkeyError(cause).message,
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <form class="panel key-form" onSubmit={(event) => void submit(event)} noValidate aria-label="New key">
      <label class="field">
        <span>Name</span>
        <input
          ref={field}
          type="text"
          autocomplete="off"
          maxLength={NAME_LENGTH}
          placeholder="Nightly report"
          value={name}
          aria-invalid={problem !== null && name.trim() === ""}
          aria-describedby="key-problem"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Lifetime</span>
        <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {LIFETIMES.map(([length, label]) => (
            <option key={length} value={length}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Account</span>
        <select value={connection} onChange={(event) => setConnection(event.currentTarget.value)}>
          <option value="">All of them</option>
          {standings.map((each) => (
            <option key={each.address} value={each.connection?.id}>
              {titleOf(each)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>May</span>
        <select
          value={may}
          onChange={({ currentTarget: { selectedIndex } }) => setMay(MAY[selectedIndex]?.[0] ?? "all")}
        >
          {MAY.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {may === "rules" && (
        <label class="field body rules">
          <span>
            Rules, as <a href="/docs/grants">the guide</a> has them
          </span>
          <textarea
            rows={4}
            spellcheck={false}
            placeholder={EXAMPLE}
            value={rules}
            aria-describedby="key-problem"
            onInput={(event) => setRules(event.currentTarget.value)}
          />
        </label>
      )}
      <button type="submit" class="button" data-kind="primary" aria-disabled={busy}>
        {busy ? "Creating…" : "Create key"}
      </button>
      <p class="problem small" id="key-problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
