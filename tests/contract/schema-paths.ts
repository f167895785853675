/** Every property that a schema has, and those that a value of it uses: to prove that a table leaves none out. */
import * as z from "zod/mini";

type Def = { readonly type: string } & Readonly<Record<string, unknown>>;

const defOf = (schema: unknown): Def => z.object({ def: z.looseObject({ type: z.string() }) }).parse(schema).def;

const shapeOf = (def: Def): Record<string, unknown> => z.record(z.string(), z.unknown()).parse(def["shape"]);

/** A member of a name that people choose. */
const ANY = "*";

/** Each property by its path, and each word that it may be, behind a `=`. */
export function pathsOf(schema: unknown, at = ""): string[] {
  const def = defOf(schema);
  const below = (name: string, inner: unknown): string[] => {
    const path = at === "" ? name : `${at}.${name}`;
    return [path, ...pathsOf(inner, path)];
  };
  switch (def.type) {
    case "object":
      return Object.entries(shapeOf(def)).flatMap(([name, inner]) => below(name, inner));
    case "record":
      return pathsOf(def["valueType"], at === "" ? ANY : `${at}.${ANY}`);
    case "enum":
      return Object.values(z.record(z.string(), z.string()).parse(def["entries"])).map((word) => `${at}=${word}`);
    case "array":
      return pathsOf(def["element"], at);
    case "union":
      return z
        .array(z.unknown())
        .parse(def["options"])
        .flatMap((option) => pathsOf(option, at));
    case "optional":
    case "nullable":
      return pathsOf(def["innerType"], at);
    case "pipe":
      return pathsOf(def["in"], at);
    default:
      return [];
  }
}

/** The same of what a value uses. */
export function usedBy(schema: unknown, value: unknown, at = ""): string[] {
  if (value === undefined || value === null) return [];
  const def = defOf(schema);
  switch (def.type) {
    case "object": {
      const members = z.record(z.string(), z.unknown()).safeParse(value);
      if (!members.success) return [];
      const shape = shapeOf(def);
      return Object.entries(members.data).flatMap(([name, inner]) => {
        if (!Object.hasOwn(shape, name)) return [];
        const path = at === "" ? name : `${at}.${name}`;
        return [path, ...usedBy(shape[name], inner, path)];
      });
    }
    case "record":
      return Object.values(z.record(z.string(), z.unknown()).parse(value)).flatMap((inner) =>
        usedBy(def["valueType"], inner, at === "" ? ANY : `${at}.${ANY}`),
      );
    case "enum":
      return [`${at}=${z.string().parse(value)}`];
    case "array":
      return z
        .array(z.unknown())
        .parse(value)
        .flatMap((inner) => usedBy(def["element"], inner, at));
    case "union":
      return z
        .array(z.unknown())
        .parse(def["options"])
        .flatMap((option) => usedBy(option, value, at));
    case "optional":
    case "nullable":
      return usedBy(def["innerType"], value, at);
    case "pipe":
      return usedBy(def["in"], value, at);
    default:
      return [];
  }
}
