/** Words of the document as people read them. */
import type { JSX } from "preact";

/** Text with what stands in backticks as code. */
export function Words({ text }: { text: string }): JSX.Element {
  return <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
