/** Which test files are asked first about a change: those that are likeliest to notice it. */

const wordsOf = (file: string): readonly string[] =>
  (file.split("/").at(-1) ?? "").replace(/(\.test)?\.ts$/, "").split("-");

function folderOf(file: string): string {
  return file.split("/").slice(1, -1).join("/");
}

/** One that has the source's name, then one that imports it, has a word of its name, or stands in the same room. */
function nearness(source: string, test: string, text: string): number {
  const [words, ofTest] = [wordsOf(source), wordsOf(test)];
  const shared = words.filter((word) => ofTest.includes(word) || ofTest.includes(`${word}s`)).length;
  const isMirror = shared === words.length && folderOf(source).startsWith(folderOf(test));
  const isInRoom = folderOf(source).split("/")[0] === folderOf(test).split("/")[0];
  return (isMirror ? 8 : 0) + (text.includes(`${source}"`) ? 4 : 0) + (isInRoom ? 3 : 0) + 2 * shared;
}

/** Test files in the order they are asked about a source file. @param tests their texts by file */
export function nearest(source: string, tests: ReadonlyMap<string, string>): readonly string[] {
  const near = new Map([...tests].map(([test, text]) => [test, nearness(source, test, text)]));
  return [...near].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([test]) => test);
}
