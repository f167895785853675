/** The body of an answer, as far as people can read it. */

/** `text` is null for what no person can read; `cut` where it is not all there is. */
export interface AnswerBody {
  readonly bytes: number;
  readonly text: string | null;
  readonly is_json: boolean;
  readonly cut: boolean;
}

/** Beyond this the rest is counted and let go: an answer may be a film. */
const KEPT_BYTES = 1_000_000;
const SHOWN_CHARACTERS = 200_000;

/** Reads it to its end, of which no more is kept than can be shown. */
export async function readAnswer(response: Response): Promise<AnswerBody> {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    if (bytes < KEPT_BYTES) kept.push(part.value);
    bytes += part.value.length;
  }
  const start = await new Blob(kept).arrayBuffer();
  const isWhole = start.byteLength === bytes;
  const plain = readText(start, isWhole);
  const isJson = /json/i.test(response.headers.get("content-type") ?? "");
  const pretty = isJson && isWhole && plain !== null ? indent(plain) : null;
  const text = pretty ?? plain;
  return {
    bytes,
    text: text?.slice(0, SHOWN_CHARACTERS) ?? null,
    is_json: pretty !== null,
    cut: !isWhole || (text?.length ?? 0) > SHOWN_CHARACTERS,
  };
}

/** Null for bytes that are no text. */
function readText(bytes: ArrayBuffer, isWhole: boolean): string | null {
  try {
    // Where it is cut, the last character may be too.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** JSON over several lines; null where it is none, or where that would change a long number. */
function indent(json: string): string | null {
  let isExact = true;
  try {
    const value: unknown = JSON.parse(json, (_, each: unknown) => {
      if (Number.isInteger(each) && !Number.isSafeInteger(each)) isExact = false;
      return each;
    });
    return isExact ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null;
  }
}
