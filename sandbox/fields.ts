/** A partial-response mask: field name to the mask of what is inside it (empty: everything). */
export type FieldMask = Map<string, FieldMask>;

/**
 * Parses `id,owner{name},picture.width(200){url}` (Graph API) or `nextPageToken,files(id,name)` (Google).
 * Modifiers such as `.width(200)` are dropped; undefined when the brackets do not balance.
 */
export function parseFields(text: string, open: string, close: string): FieldMask | undefined {
  let depth = 0;
  let start = 0;
  const parts: string[] = [];
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === "(" || character === "{") depth++;
    else if (character === ")" || character === "}") depth--;
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
    if (depth < 0) return undefined;
  }
  parts.push(text.slice(start));
  return depth === 0 ? maskOf(parts, open, close) : undefined;
}

function maskOf(parts: readonly string[], open: string, close: string): FieldMask | undefined {
  const mask: FieldMask = new Map();
  for (const part of parts.map((piece) => piece.trim()).filter((piece) => piece !== "")) {
    const at = part.indexOf(open);
    const inner = at >= 0 && part.endsWith(close) ? part.slice(at + 1, -1) : "";
    const name = (at >= 0 ? part.slice(0, at) : part).split(".", 1)[0] ?? "";
    const inside = inner === "" ? new Map<string, FieldMask>() : parseFields(inner, open, close);
    if (inside === undefined || !/^[\w@*$]+$/.test(name)) return undefined;
    mask.set(name, inside);
  }
  return mask;
}

/** The part of a value which a mask lets through. */
export function applyMask(value: unknown, mask: FieldMask): unknown {
  if (mask.size === 0 || mask.has("*")) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => applyMask(item, mask));
  if (typeof value !== "object" || value === null) return value;
  const picked: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const inside = mask.get(name);
    if (inside !== undefined) picked[name] = applyMask(inner, inside);
  }
  return picked;
}
