/** What requests have asked of the bindings, in words. */
import * as z from "zod";

/** What one request, or many, have asked of the bindings. */
export const Counted = z.object({ kv_reads: z.number(), kv_writes: z.number(), vault_calls: z.number() });

/** @param answers of `/count/...`, added up */
export function describeCounts(answers: readonly string[]): string {
  const all = answers.map((answer) => Counted.parse(JSON.parse(answer)));
  const sum = (name: keyof z.output<typeof Counted>): number => all.reduce((total, one) => total + one[name], 0);
  const number = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return [
    number(sum("kv_reads"), "KV read"),
    number(sum("kv_writes"), "KV write"),
    number(sum("vault_calls"), "vault call"),
  ].join(", ");
}
