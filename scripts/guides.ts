/**
 * The guides as pages: every file of docs/ at `/docs/<name>`, its Markdown beside it, a page for each code of an error and one
 * for each service of the catalogue.
 * `/llms.txt` names them all (https://llmstxt.org).
 */
import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Marked, type Tokens } from "marked";
import { errorGuides, plain, type ErrorGuide } from "./docs/error-guides.ts";
import { guideGroups, operationGroups, type Guide } from "./docs/navigation.ts";
import { searchIndex } from "./docs/search-index.ts";
import { serviceGuides, type ServiceGuide } from "./docs/service-guides.ts";
import { escaped, overview, shell, type Page } from "./docs/shell.ts";

const folder = fileURLToPath(new URL("../docs/", import.meta.url));

/** A page, and where it is served: `docs/errors/rate_limited.html` at `/docs/errors/rate_limited`. */
export interface StaticFile {
  readonly path: string;
  readonly text: string;
}

/** Every page and text that is made of docs/, and the page of the API, which has the same navigation. */
export async function guidePages(): Promise<StaticFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".md")).toSorted();
  const guides = await Promise.all(names.map(async (name) => toGuide(name, await readFile(folder + name, "utf8"))));
  const errors = errorGuides(guides.find(({ name }) => name === "errors")?.source ?? "");
  const services = await serviceGuides();
  const groups = guideGroups(guides);
  const reference = operationGroups();
  const page = (made: Page): StaticFile => ({
    path: `${made.address.slice(1)}.html`,
    text: shell(made, groups, reference),
  });
  return [
    page({ ...REFERENCE, content: overview(groups, reference) }),
    ...guides.flatMap((guide) => [page(guidePage(guide)), { path: `docs/${guide.name}.md`, text: guide.source }]),
    ...errors.map((error) => page(errorPage(error))),
    ...services.map((service) => page(servicePage(service))),
    { path: "docs/search.json", text: JSON.stringify(searchIndex(guides, errors, services, toAnchor)) },
    { path: "llms.txt", text: llms(guides) },
  ];
}

const REFERENCE = {
  title: "API",
  description: "Every operation of Latchkey's API, with examples and code, to read and to try.",
  address: "/docs",
  parts: [],
} as const;

function guidePage({ name, title, source }: Guide): Page {
  const address = `/docs/${name}`;
  const [, intro = ""] = /^# .+\n+([^#|`]+?)\n\n/.exec(source) ?? [];
  const headings = [...source.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
  // Of the errors there are too many, and each has a page.
  const parts =
    name === "errors" ? [] : headings.map((heading) => ({ title: plain(heading), href: `#${toAnchor(heading)}` }));
  return { title, description: plain(intro) || title, address, content: render(source), parts };
}

function errorPage({ code, status, text }: ErrorGuide): Page {
  const content = `<h1>${code}</h1>${render(`HTTP status **${status}**.\n\n${text}\n\n[All errors](errors.md)`)}`;
  return { title: code, description: plain(text), address: `/docs/errors/${code}`, content, parts: [] };
}

function servicePage({ id, name, description, text }: ServiceGuide): Page {
  return { title: name, description, address: `/docs/catalogue/${id}`, content: render(text), parts: [] };
}

function toGuide(file: string, source: string): Guide {
  const title = /^# (.+)$/m.exec(source)?.[1];
  if (title === undefined) throw new TypeError(`docs/${file} has no title`);
  return { name: file.slice(0, -".md".length), title, source };
}

/** The tables of a page that are written so far: two may have the same columns, and a region has a name of its own. */
let tables = 0;

/** Our own Markdown, so nothing in it is taken for hostile; what leads out of docs/ stays text, as no page is there. */
const markdown = new Marked({
  renderer: {
    link({ href, tokens }: Tokens.Link) {
      const text = this.parser.parseInline(tokens);
      const service = /^\.\.\/src\/providers\/catalogue\/([a-z0-9-]+)\.json$/.exec(href);
      if (service) return `<a href="/docs/catalogue/${service[1]}">${text}</a>`;
      const guide = /^([a-z-]+)\.md(#.*)?$/.exec(href);
      if (guide) return `<a href="/docs/${guide[1]}${guide[2] ?? ""}">${text}</a>`;
      return /^(?:https:\/\/|[/#])/.test(href) ? `<a href="${href}">${text}</a>` : text;
    },
    heading({ depth, tokens, text }: Tokens.Heading) {
      return `<h${depth} id="${toAnchor(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    // A wide table scrolls by itself, which a keyboard has to reach.
    table({ header, rows }: Tokens.Table) {
      const row = (cells: readonly Tokens.TableCell[], tag: "td" | "th") =>
        `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
      tables += 1;
      const label = `Table ${tables}: ${header.map(({ text }) => text).join(", ")}`;
      const body = rows.map((cells) => row(cells, "td")).join("");
      return `<div class="wide" tabindex="0" role="region" aria-label="${escaped(label)}"><table><thead>${row(header, "th")}</thead><tbody>${body}</tbody></table></div>\n`;
    },
    code({ text }: Tokens.Code) {
      return `<div class="code"><pre tabindex="0"><code>${escaped(text)}</code></pre><div class="copied scripted"></div></div>\n`;
    },
    image: () => "",
  },
});

function render(source: string): string {
  tables = 0;
  return markdown.parse(source, { async: false });
}

/** As the links in docs/ have it: small letters, hyphens between words. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .trim()
    .replaceAll(/\s+/g, "-");

const llms = (guides: readonly Guide[]): string => `# Latchkey

> Connections to other services at the edge: people connect their accounts, Latchkey keeps the tokens sealed and fresh, serves
> profile and items as JSON, and passes any API call through with the user's token.

## Documentation

- [API](/openapi.json): every route, as OpenAPI 3.1
${guides.map(({ name, title }) => `- [${title}](/docs/${name}.md)`).join("\n")}
`;
