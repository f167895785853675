/** One call as it would be sent, and who asks for it. */
import type { JSX } from "preact";
import type { ApprovalWhole, Integration } from "../api.ts";
import { Mark } from "../mark.tsx";
import { plural } from "../messages.ts";
import { Time } from "../parts.tsx";
import { KEYS_HASH } from "../route.ts";
import { pairsOf } from "./read-body.ts";
import { PairTable, SentBody } from "./sent-body.tsx";
import { calledOf } from "./words.ts";
import { Visible } from "./visible.tsx";

/** Nobody can tell any more whether there was anything. */
const GONE = "The call was made: what it sent beside its address is kept no longer.";

interface Props {
  readonly whole: ApprovalWhole;
  readonly integrations: readonly Integration[];
}

/** The call from its method to the end of its body: nothing of it is left out, and nothing is made nicer than it is. */
export function CallFacts({ whole, integrations }: Props): JSX.Element {
  const { method, host, path, query, headers, body, account, integration } = whole;
  const called = calledOf(whole, integrations);
  // A query may come with the sign that begins it, and may itself begin with one.
  const written = query.replace(/^\?/, "");
  return (
    <section class="panel asked" aria-labelledby="call-title">
      <h2 class="unseen" id="call-title">
        The call
      </h2>
      <div class="asked-of">
        <Mark integration={integration} name={called.name} src={called.mark} />
        <div>
          <p>
            <strong>{called.title}</strong>
            {whole.brings_token ? (
              <>
                {" "}
                with a token that the program has brought, not as <Visible text={account ?? "your account"} />
              </>
            ) : (
              account !== null && (
                <>
                  {" "}
                  as <Visible text={account} />
                </>
              )
            )}
          </p>
          <Asker asked_by={whole.asked_by} asked_at={whole.asked_at} rule={whole.rule} />
        </div>
      </div>
      <p class="sent asked-call">
        <strong data-method={method}>{method}</strong> <span class="quiet">{host}</span>
        <Visible text={path} />
      </p>
      {written !== "" && (
        <>
          <h3>Query</h3>
          <PairTable name="Parameters of the query" pairs={pairsOf(written)} />
          <p class="quiet small">
            As it will be sent: <code class="sent">{<Visible text={`?${written}`} />}</code>
          </p>
        </>
      )}
      {headers.length > 0 && (
        <>
          <h3>{plural(headers.length, "header field")}</h3>
          <PairTable name="Header fields" pairs={headers.map(({ name, value }) => [name, value])} />
        </>
      )}
      <h3>Body</h3>
      {body !== null && <SentBody body={body} />}
      {body === null && (
        <p class="quiet">{whole.state === "used" ? GONE : "None: nothing is sent beside what is above."}</p>
      )}
    </section>
  );
}

function Asker({ asked_by, asked_at, rule }: Pick<ApprovalWhole, "asked_by" | "asked_at" | "rule">): JSX.Element {
  const { kind, name, since } = asked_by;
  const what = { key: "Your key", user: "A session of an app", app: "An app's key", browser: "A browser" }[kind];
  return (
    <p class="quiet small">
      {what} <strong>{name === null ? "without a name" : <Visible text={name} />}</strong>, made <Time iso={since} />,
      asked <Time iso={asked_at} />, as rule {rule} of its grant says.
      {kind === "key" && (
        <>
          {" "}
          <a href={KEYS_HASH}>End it under Keys</a>
        </>
      )}
    </p>
  );
}
