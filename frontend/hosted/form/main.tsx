/** Starts the form of a service. Which flow it belongs to stands behind the `#`, where no server sees it. */
import { render } from "preact";
import { wordsFor } from "../words.ts";
import { formWordsFor } from "./words.ts";
import { FormPage } from "./page.tsx";

const root = document.getElementById("page");
if (root === null) throw new Error("page.html has no #page to draw in");
const words = wordsFor(navigator.languages);
document.documentElement.lang = words.language;
const draw = (): void => {
  const state = location.hash.slice(1);
  render(<FormPage key={state} state={state} words={words} said={formWordsFor(words.language)} />, root);
};
draw();
// Another flow that is begun in the same window changes the address alone, and loads nothing.
addEventListener("hashchange", draw);
// What was typed does not stay in a page that is kept for the way back.
addEventListener("pagehide", () => {
  for (const each of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea"))
    each.value = "";
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
