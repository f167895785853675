/** What all pages of the documentation have around them. They are HTML before any script runs. */
import type { Group, Reading } from "./navigation.ts";

export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export interface Page {
  readonly title: string;
  /** Of the page, for search engines; a sentence. */
  readonly description: string;
  /** Where it is served. */
  readonly address: string;
  /** HTML. */
  readonly content: string;
  /** The parts of it that the navigation names. */
  readonly parts: readonly Reading[];
}

/** The page with its navigation, in which a guide stands open with its parts. */
export function shell(page: Page, guides: readonly Group[], reference: readonly Group[]): string {
  const { title, description, content } = page;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="description" content="${escaped(description)}" />
    <title>${escaped(title)} · Latchkey</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/docs.css" />
    <script type="module" src="/docs.js"></script>
  </head>
  <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="bar">
      <button type="button" popovertarget="docs-nav">Contents</button>
      <a class="brand" href="/docs">Latchkey <span>docs</span></a>
      <search id="search" class="scripted"></search>
      <a class="home" href="/">Open Latchkey</a>
    </header>
    <div class="room">
      <nav id="docs-nav" popover aria-label="Documentation">
        <ul><li>${link({ title: "Overview", href: "/docs" }, page)}</li></ul>
        ${guides.map((group) => `<h2>${escaped(group.title)}</h2>${list(group, page)}`).join("\n        ")}
        <h2>Reference</h2>
        ${reference.map((group) => `<details><summary>${escaped(group.title)}</summary>${list(group, page)}</details>`).join("\n        ")}
      </nav>
      <main id="main" tabindex="-1">${content}</main>
    </div>
  </body>
</html>
`;
}

const list = ({ entries }: Group, page: Page): string =>
  `<ul>${entries.map((entry) => `<li>${link(entry, page)}${entry.href === page.address ? parts(page) : ""}</li>`).join("")}</ul>`;

const parts = ({ parts: entries }: Page): string =>
  entries.length === 0
    ? ""
    : `<ul>${entries.map(({ title, href }) => `<li><a href="${href}">${escaped(title)}</a></li>`).join("")}</ul>`;

function link({ title, href, method }: Reading, { address }: Page): string {
  const badge = method === undefined ? "" : `<b data-method="${method}">${method === "delete" ? "del" : method}</b> `;
  return `<a href="${href}"${href === address ? ' aria-current="page"' : ""}>${badge}${escaped(title)}</a>`;
}

/** The first page: what there is to do, and where each begins. */
export function overview(guides: readonly Group[], reference: readonly Group[]): string {
  const cards = reference.map(({ title, description, entries }) => {
    const [first] = entries;
    return `<li><h3><a href="${first?.href ?? "/docs"}">${escaped(title)}</a></h3><p>${escaped(description)}</p></li>`;
  });
  const links = guides
    .flatMap(({ entries }) => entries)
    .map((entry) => `<li><a href="${entry.href}">${escaped(entry.title)}</a></li>`);
  return `<div id="start">
<h1>Build on Latchkey</h1>
<p class="lede">People connect their accounts; your program reads their data, or calls the service's own API as them. Tokens stay sealed and fresh in between.</p>
<p>Every operation has its parameters, examples and code here, and can be tried with a key of yours. The same as a document for programs: <a href="/openapi.json">OpenAPI 3.1</a>, and for those who read Markdown: <a href="/llms.txt">llms.txt</a>.</p>
<h2>What do you want to do?</h2>
<ul class="cards">${cards.join("")}</ul>
<h2>Guides</h2>
<ul class="links">${links.join("")}</ul>
<noscript><p>The operations need JavaScript to be shown here. <a href="/openapi.json">The document</a> and the guides do not.</p></noscript>
</div>
<div id="reference" aria-busy="true"></div>`;
}
