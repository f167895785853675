/** The names of members in a JSON text, without parsing it: of two of one name a parser keeps one, and servers differ in which. */

const TOKEN = /"(?:\\.|[^"\\])*"?|[{}[\]:]/g;

/** A member's name, unescaped and in lower case, since some servers make no difference, and the object that it is in. */
export interface Member {
  readonly name: string;
  readonly object: number;
}

/** Each member of each object of a text, in order. Of a text that is no JSON, what looks like some. */
export function* membersOf(text: string): Generator<Member> {
  const open: number[] = [];
  let objects = 0;
  let last = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push((objects += 1));
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":" && last.startsWith('"'))
      yield { name: unescaped(last).toLowerCase(), object: open.at(-1) ?? 0 };
    last = token;
  }
}

function unescaped(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}
