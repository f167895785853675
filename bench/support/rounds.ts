/** Variants measured in turns: A B C, C B A, A B C, ... so that a slow minute of the machine falls on all of them. */
export async function inTurns<Name extends string, T>(
  rounds: number,
  variants: Readonly<Record<Name, (round: number) => Promise<T>>>,
): Promise<(name: Name) => readonly T[]> {
  const measured = new Map<string, T[]>();
  const forwards = Object.entries<(round: number) => Promise<T>>(variants);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of round % 2 === 0 ? forwards : forwards.toReversed()) {
      const results = measured.get(name) ?? [];
      measured.set(name, results);
      results.push(await measure(round));
    }
  }
  return (name) => measured.get(name) ?? [];
}
