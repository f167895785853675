/**
 * What moves on the pages of the documentation: the search, copy buttons, and on `/docs` the reference.
 *
 * It is our own because the well-kept renderers are each larger than everything else that a browser loads here. Gzipped, as their
 * packages have them: Scalar 1.46 993 KB, Stoplight Elements 9.0 615 KB, Redoc 2.5 328 KB, RapiDoc 9.3 218 KB; this is 13 KB. All are
 * free to use (MIT, Elements Apache-2.0). They set styles and HTML by themselves, which the page's policy forbids, and have no place for guides
 * and errors in the same navigation.
 */
import { render } from "preact";
import type { Api } from "./document.ts";
import { CopyButton } from "../copy.tsx";
import { Reference } from "./reference.tsx";
import { Search } from "./search.tsx";

const search = document.getElementById("search");
if (search) {
  search.replaceChildren();
  render(<Search />, search);
}

// On a phone the navigation lies over the page, and a link to the same page would leave it there.
const navigation = document.getElementById("docs-nav");
navigation?.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("a") && navigation.matches(":popover-open")) navigation.hidePopover();
});

for (const place of document.querySelectorAll<HTMLElement>(".copied")) {
  const text = place.previousElementSibling?.textContent ?? "";
  render(<CopyButton text={text}>Copy</CopyButton>, place);
}

const [reference, start] = ["reference", "start"].map((id) => document.getElementById(id));
if (reference && start) {
  start.hidden = location.hash.length > 1;
  const answer = await fetch("/openapi.json").catch(() => null);
  const api: Api | null = answer?.ok ? await answer.json() : null;
  reference.setAttribute("aria-busy", "false");
  if (api) render(<Reference api={api} start={start} />, reference);
  else reference.append("The document could not be read. Load the page again.");
}
