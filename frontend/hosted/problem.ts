/** On a page that the Worker has made of an error: says it in the language of the person's browser. */
import { kindOf } from "./problems.ts";
import { wordsFor } from "./words.ts";

const code = document.currentScript?.dataset["code"] ?? null;
const words = wordsFor(navigator.languages);
// What the Worker has written is English, and says more.
if (words.language !== "en") {
  const { title, text } = words.problems[kindOf(code)](null);
  document.documentElement.lang = words.language;
  document.title = title;
  const [heading, sentence] = [document.querySelector("h1"), document.querySelector("h1 + p")];
  if (heading) heading.textContent = title;
  if (sentence) sentence.textContent = text;
}
