/** Starts the page of a connect link. The link's ticket stands behind the `#`, where no server sees it. */
import { render } from "preact";
import { HostedPage } from "./page.tsx";
import { wordsFor } from "./words.ts";

const root = document.getElementById("page");
if (root === null) throw new Error("page.html has no #page to draw in");
const words = wordsFor(navigator.languages);
document.documentElement.lang = words.language;
const draw = (): void => render(<HostedPage ticket={location.hash.slice(1)} words={words} />, root);
draw();
// Another link that is opened in the same window changes the address alone, and loads nothing.
addEventListener("hashchange", draw);
// Whoever comes back from the service finds the page as they left it, and the link spent.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
