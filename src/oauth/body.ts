/** Bodies of token endpoints and APIs, read for what they say and not for how they say it. */
import type { Answer } from "./transport.ts";

/**
 * The JSON of an answer, whatever its encoding and whether it says that it is JSON; `undefined` where it is none, or more of it
 * than any service has to say.
 */
export function toJson(answer: Pick<Answer, "bytes" | "headers">): unknown {
  const text = toText(answer);
  if (!isModest(text)) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
}

/** Each value takes tens of bytes once it is parsed, however short it is written. A hundred repositories have some 12,000. */
const MAX_VALUES = 100_000;
/** What is nested without an end can be parsed, and breaks whatever walks through it. */
const MAX_DEPTH = 100;

/** Whether a text that may be JSON has no more values, and no more of them in each other, than can be parsed at little cost. */
function isModest(text: string): boolean {
  let [values, depth] = [1, 0];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charAt(at)) {
      case '"':
        for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === "\\") at += 1;
        break;
      case "[":
      case "{":
        values += 1;
        depth += 1;
        break;
      case "]":
      case "}":
        depth -= 1;
        break;
      case ",":
        values += 1;
        break;
      default:
    }
    if (values > MAX_VALUES || depth > MAX_DEPTH) return false;
  }
  return true;
}

/**
 * The members of an answer: of a JSON object or, as older servers write it, of a form. `undefined` for everything else.
 * With `mayBreakOff`, tokens are taken out of an object that breaks off behind them.
 * RFC 6749 5.1 has JSON alone; a form is read where the answer is no JSON and looks like one throughout.
 */
export function toMembers(
  answer: Pick<Answer, "bytes" | "headers">,
  mayBreakOff = false,
): Readonly<Record<string, unknown>> | undefined {
  const json = toJson(answer);
  if (json !== undefined) return isObject(json) ? json : undefined;
  const text = toText(answer).trim();
  if (text.startsWith("{")) return mayBreakOff ? whatCame(text) : undefined;
  if (!/^[\w.-]+=[^{}<>\r\n]*$/.test(text)) return undefined;
  return Object.fromEntries(new URLSearchParams(text));
}

/**
 * Of a JSON object that breaks off, the members that came whole, where both tokens are among them: the refresh token may be the
 * only one there is. Without it the person had better connect again.
 */
function whatCame(text: string): Readonly<Record<string, unknown>> | undefined {
  const members = text.matchAll(/"(\w{1,64})"\s*:\s*("(?:[^"\\]|\\.)*"|\d{1,15})\s*,/g);
  const came = Object.fromEntries(
    Array.from(members, ([, name = "", value = ""]): [string, unknown] => [name, parseMember(value)]),
  );
  return "access_token" in came && "refresh_token" in came ? came : undefined;
}

function parseMember(value: string): unknown {
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return undefined;
  }
}

/** Whether parsed JSON is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The text of a body: by its byte order mark, by the charset it names, else UTF-8; what is no UTF-8 is taken for Latin-1,
 * in which every byte is a character, so that what is written in ASCII can be read in any case.
 */
export function toText({ bytes, headers }: Pick<Answer, "bytes" | "headers">): string {
  const named = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(headers.get("Content-Type") ?? "")?.[1];
  for (const encoding of [markOf(bytes), "utf-8", named, "iso-8859-1"]) {
    if (encoding === undefined) continue;
    try {
      return new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes);
    } catch {
      // Not this one, or not one that is known here.
    }
  }
  return "";
}

function markOf([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}
