import type { JSX } from "preact";
import type { Schema } from "./document.ts";
import { fieldsOf, resolve, shapesOf, type Field } from "./fields.ts";
import { Words } from "./text.tsx";

type Schemas = Readonly<Record<string, Schema>>;

/** The fields of a body; of one that may have several shapes, one list after the other. */
export function Shape({ schema, schemas }: { schema: Schema; schemas: Schemas }): JSX.Element {
  const shapes = shapesOf(schema, schemas);
  return (
    <>
      {shapes.map((shape, index) => (
        <div key={index}>
          {index > 0 && <p class="or">or</p>}
          <Described schema={resolve(shape, schemas)} />
          <FieldList fields={fieldsOf(shape, schemas)} />
        </div>
      ))}
    </>
  );
}

function Described({ schema: { description } }: { schema: Schema }): JSX.Element | null {
  if (description === undefined) return null;
  const [intro = "", ...points] = description.split("\n- ");
  return (
    <div class="quiet">
      <p>
        <Words text={intro} />
      </p>
      {points.length > 0 && (
        <ul>
          {points.map((point) => (
            <li key={point}>
              <Words text={point} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Names, types and meanings; what has fields of its own opens. */
export function FieldList({ fields }: { fields: readonly Field[] }): JSX.Element {
  return (
    <dl class="fields">
      {fields.map((field) => (
        <div key={field.name}>
          <dt>
            <code>{field.name}</code> <span class="type">{field.type}</span>
            {field.isRequired && <span class="required">required</span>}
          </dt>
          <dd>
            {field.meaning !== "" && (
              <p>
                <Words text={field.meaning} />
              </p>
            )}
            {field.fields.length > 0 && (
              <details>
                <summary>
                  Fields<span class="unseen"> of {field.name}</span>
                </summary>
                <FieldList fields={field.fields} />
              </details>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
