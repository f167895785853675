/** Questions at a terminal. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

export interface Prompt {
  ask(question: string): Promise<string>;
  /** What is typed does not appear. */
  askSecret(question: string): Promise<string>;
  close(): void;
}

/** @throws AbortError where the person leaves with Ctrl-C or Ctrl-D */
export function openPrompt(): Prompt {
  let hidden = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!hidden) process.stdout.write(chunk);
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const left = new AbortController();
  terminal.once("SIGINT", () => left.abort()).once("close", () => left.abort());
  const ask = async (question: string): Promise<string> =>
    (await terminal.question(question, { signal: left.signal })).trim();
  return {
    ask,
    async askSecret(question) {
      process.stdout.write(question);
      hidden = true;
      try {
        return await ask("");
      } finally {
        hidden = false;
        process.stdout.write("\n");
      }
    },
    close: () => terminal.close(),
  };
}
