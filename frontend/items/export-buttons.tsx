import type { JSX } from "preact";
import type { Item } from "../api.ts";
import { plural } from "../messages.ts";
import { Unseen } from "../parts.tsx";
import { useSaid } from "../said.ts";
import { download, toCsv, toJson } from "./export.ts";

const FORMATS = [
  { label: "CSV", extension: "csv", media_type: "text/csv;charset=utf-8", write: toCsv },
  { label: "JSON", extension: "json", media_type: "application/json", write: toJson },
] as const;

/** Saves the items that are shown, and says how many those are. */
export function ExportButtons({ integration, items }: { integration: string; items: readonly Item[] }): JSX.Element {
  const [said, say] = useSaid();
  const save = ({ label, extension, media_type, write }: (typeof FORMATS)[number]) => {
    download({ name: `${integration}-items.${extension}`, media_type, content: write(items) });
    say(`Saved ${plural(items.length, "row")} as ${label}.`);
  };
  return (
    <div class="items-export" role="group" aria-label="Export">
      <span class="quiet small" role="status">
        {said || <span aria-hidden="true">{`Export ${plural(items.length, "row")}`}</span>}
      </span>
      {FORMATS.map((format) => (
        <button type="button" class="button" key={format.label} onClick={() => save(format)}>
          <Unseen>Export {plural(items.length, "row")} as </Unseen>
          {format.label}
        </button>
      ))}
    </div>
  );
}
