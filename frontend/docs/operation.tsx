import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Code, Samples } from "./code.tsx";
import { successOf, type Api, type Operation, type Parameter, type Route } from "./document.ts";
import { FieldList, Shape } from "./field-list.tsx";
import { typeOf } from "./fields.ts";
import { samplesOf, type Filled } from "./samples.ts";
import { Words } from "./text.tsx";
import { TryIt } from "./try-it.tsx";

interface Props {
  readonly api: Api;
  readonly route: Route;
  readonly credentials: Pick<Filled, "key" | "user">;
  /** The fields for key and user, which all operations share. */
  readonly children: JSX.Element;
}

const pretty = (example: unknown): string => (example === undefined ? "" : JSON.stringify(example, null, 2));

/** One operation: what it does, what it takes and answers, what can go wrong, and the call itself. */
export function OperationView({ api, route, credentials, children }: Props): JSX.Element {
  const { operation, method, path, isWebhook } = route;
  const request = operation.requestBody?.content["application/json"];
  const [typed, setTyped] = useState({ values: {}, body: isWebhook ? "" : pretty(request?.example) });
  const filled = { origin: location.origin, ...credentials, ...typed };
  return (
    <article class="operation">
      <header>
        <h1 id="title" tabIndex={-1}>
          {operation.summary}
        </h1>
        <p class="call">
          <b data-method={method}>{isWebhook ? "event" : method}</b> <code>{path}</code>
        </p>
      </header>
      <div class="words">
        <p>
          <Words text={operation.description} />
        </p>
        {!isWebhook && (
          <p class="quiet">
            <Words text={callerWords(operation)} />
          </p>
        )}
        <Parameters parameters={operation.parameters} api={api} />
        {request && (
          <section>
            <h2>{isWebhook ? "What is sent" : "Body"}</h2>
            <Shape schema={request.schema} schemas={api.components.schemas} />
          </section>
        )}
        <Answer operation={operation} api={api} />
        <Errors operation={operation} api={api} />
      </div>
      <div class="at-hand">
        {isWebhook ? (
          <Code text={pretty(request?.example)} label="An event as it is sent" />
        ) : (
          <>
            {children}
            <Samples samples={samplesOf(route, filled)} />
            <TryIt route={route} filled={filled} onFill={setTyped} />
          </>
        )}
      </div>
    </article>
  );
}

/** Who may call it, in words. */
function callerWords({ security }: Operation): string {
  const ways = security.flatMap((way) => Object.keys(way)).map((name) => CALLERS[name] ?? name);
  return ways.length === 0 ? "Anybody may call it." : `Called with ${ways.join(", or ")}.`;
}

const CALLERS: Readonly<Record<string, string>> = {
  bearer: "a key or a session (`Authorization: Bearer`)",
  admin: "the operator's `ADMIN_KEY`",
  cookie: "the session of the person at Latchkey's page",
};

const PLACES = [
  ["path", "In the path"],
  ["query", "In the query"],
  ["header", "Headers"],
] as const;

function Parameters({ parameters, api }: { parameters: readonly Parameter[]; api: Api }): JSX.Element {
  const { schemas } = api.components;
  return (
    <>
      {PLACES.map(([place, title]) => {
        const fields = parameters
          .filter((parameter) => parameter.in === place)
          .map(({ name, required, description, schema }) => ({
            name,
            type: typeOf(schema, schemas),
            isRequired: required,
            meaning: [description, "default" in schema && `Default: \`${JSON.stringify(schema.default)}\`.`]
              .filter(Boolean)
              .join(" "),
            fields: [],
          }));
        return (
          fields.length > 0 && (
            <section key={place}>
              <h2>{title}</h2>
              <FieldList fields={fields} />
            </section>
          )
        );
      })}
    </>
  );
}

function Answer({ operation, api }: { operation: Operation; api: Api }): JSX.Element {
  const { status, description, content } = successOf(operation);
  const json = content?.["application/json"];
  const others = Object.entries(operation.responses).filter(([each]) => Number(each) < 400 && each !== status);
  return (
    <section class="answered">
      <h2>Answer</h2>
      <p>
        <span class="status">{status}</span> {description}
      </p>
      {others.map(([each, other]) => (
        <p key={each}>
          <span class="status">{each}</span> {other.description}
        </p>
      ))}
      {json && <Shape schema={json.schema} schemas={api.components.schemas} />}
      {json?.example !== undefined && <Code text={pretty(json.example)} label="An answer" />}
    </section>
  );
}

function Errors({ operation, api }: { operation: Operation; api: Api }): JSX.Element | null {
  const errors = Object.entries(operation.responses).flatMap(([status, { content }]) =>
    Object.keys(content?.["application/json"].examples ?? {}).map((code) => ({ status, code })),
  );
  if (errors.length === 0) return null;
  return (
    <section>
      <h2>Errors</h2>
      <dl class="fields errors">
        {errors.map(({ status, code }) => (
          <div key={code}>
            <dt>
              <a href={`/docs/errors/${code}`}>
                <code>{code}</code>
              </a>{" "}
              <span class="type">{status}</span>
            </dt>
            <dd>
              <p>{api.components.examples[code]?.value.message}</p>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
