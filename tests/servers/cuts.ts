/** Connections that the tests' own servers have cut on purpose. workerd logs each, though the code under test has caught it. */
let cut = 0;

/** Call it for each that is cut. */
export function noteCut(): void {
  cut += 1;
}

export const cuts = (): number => cut;
