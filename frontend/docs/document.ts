/** The OpenAPI document as far as the reference reads it. It is ours, of the same build. */

export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
}

export interface Content {
  readonly "application/json": {
    readonly schema: Schema;
    readonly example?: unknown;
    readonly examples?: Readonly<Record<string, unknown>>;
  };
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface Api {
  readonly tags: readonly { readonly name: string; readonly description: string; readonly "x-displayName": string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly examples: Readonly<Record<string, { readonly value: { readonly message: string } }>>;
  };
}

/** One operation with where it is: of the paths, or told to an app's own address, where `path` is the event's type. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly isWebhook: boolean;
  readonly operation: Operation;
}

/** Every operation there is, in the order of the document; events that apps are told of come last. */
export function routesOf({ paths, webhooks }: Pick<Api, "paths" | "webhooks">): Route[] {
  const called = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, isWebhook: false, operation })),
  );
  const told = Object.entries(webhooks).map(([path, { post: operation }]) => {
    return { method: "post", path, isWebhook: true, operation };
  });
  return [...called, ...told];
}

/** The one success among an operation's answers that it is called for. */
export function successOf({ responses }: Operation): { status: string; description: string; content?: Content } {
  const statuses = Object.keys(responses).filter((status) => Number(status) < 400);
  const status = statuses.find((each) => responses[each]?.content) ?? statuses[0] ?? "200";
  return { status, ...(responses[status] ?? { description: "" }) };
}
