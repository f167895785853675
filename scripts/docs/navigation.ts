/** The way through the documentation: guides and operations side by side, by what one wants to do. */
import * as z from "zod";
import { openApiDocument } from "../openapi.ts";
import { TAGS } from "../openapi/words.ts";

/** A page of docs/, as it is called and where its parts are. */
export interface Guide {
  readonly name: string;
  readonly title: string;
  readonly source: string;
}

export interface Reading {
  readonly title: string;
  readonly href: string;
  /** Of an operation: how it is called. */
  readonly method?: string;
}

export interface Group {
  readonly title: string;
  readonly description: string;
  readonly entries: readonly Reading[];
}

/** The guides in the order in which one comes to need them; one that is not named here is found under the last. */
const GUIDES = [
  ["Start here", ["integrators", "connect", "clients", "going-live"]],
  ["Guides", ["proxy", "grants", "revocation", "webhooks", "connections", "moving-in", "catalogue", "custom-services"]],
  ["Look up", ["api", "errors", "limits", "troubleshooting"]],
  ["Run a deployment", ["deploying", "providers", "cost", "storage", "scale"]],
  ["About", ["comparison", "benchmark", "promises", "review", "catalogue-decisions"]],
] as const;

/** What the documentation needs of an operation. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
}

const Described = z.object({
  operationId: z.string(),
  tags: z.array(z.string()).min(1),
  summary: z.string(),
  description: z.string(),
});
const Paths = z.record(z.string(), z.record(z.string(), Described));

/** Every operation of the document, and every event that apps are told of. */
export function operations(): Operation[] {
  const { paths, webhooks } = z.looseObject({ paths: Paths, webhooks: Paths }).parse(openApiDocument());
  const all = [
    ...Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map((each) => [path, ...each] as const),
    ),
    ...Object.entries(webhooks).flatMap(([type, { post }]) => (post ? [[type, "event", post] as const] : [])),
  ];
  return all.map(
    ([
      path,
      method,
      {
        operationId: id,
        tags: [tag = ""],
        summary,
        description,
      },
    ]) => {
      return { id, method, path, tag, summary, description };
    },
  );
}

/** Where an operation is shown. */
export const addressOf = ({ id }: Pick<Operation, "id">): string => `/docs#${id}`;

/** The guides in their groups. */
export function guideGroups(guides: readonly Guide[]): Group[] {
  const named: readonly string[] = GUIDES.flatMap(([, names]) => names);
  const others = guides.map(({ name }) => name).filter((name) => !named.includes(name));
  return GUIDES.map(([title, names], index) => {
    const all: readonly string[] = index === GUIDES.length - 1 ? [...names, ...others] : names;
    const entries = all.map((name) => {
      const guide = guides.find((each) => each.name === name);
      if (!guide) throw new TypeError(`the navigation names docs/${name}.md, which is not there`);
      return { title: guide.title, href: `/docs/${name}` };
    });
    return { title, description: "", entries };
  });
}

/** The operations in theirs. */
export function operationGroups(): Group[] {
  const all = operations();
  return TAGS.map(({ name, title, description }) => ({
    title,
    description,
    entries: all
      .filter(({ tag }) => tag === name)
      .map((operation) => ({ title: operation.summary, href: addressOf(operation), method: operation.method })),
  }));
}
