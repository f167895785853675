import type { JSX } from "preact";
import { hashWith, useQuery } from "./route.ts";

/** The parts of a connection's view, by their names in the address; the first is shown where it names none. */
const SECTIONS = [
  ["items", "Items"],
  ["activity", "Activity"],
  ["code", "Code"],
  ["profile", "Profile"],
] as const;
export type Section = (typeof SECTIONS)[number][0];

/** The section that the address names. */
export function useSection(): Section {
  const wanted = useQuery().get("show");
  return SECTIONS.find(([section]) => section === wanted)?.[0] ?? "items";
}

/** Links between the sections: the address says which is shown, so a link and the back button bring it back. */
export function SectionLinks({ shown, name }: { shown: Section; name: string }): JSX.Element {
  return (
    <nav class="sections" aria-label={`${name}: sections`}>
      {SECTIONS.map(([section, label]) => (
        <a
          key={section}
          href={hashWith({ show: section === "items" ? null : section })}
          aria-current={section === shown ? "true" : undefined}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
