/** The guides as pages: each error leads to its own, and no link leads nowhere. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorGuides } from "../../scripts/docs/error-guides.ts";
import { operations } from "../../scripts/docs/navigation.ts";
import { listEntries } from "../../scripts/catalogue/entries.ts";
import { guidePages } from "../../scripts/guides.ts";
import { ErrorBody } from "../../src/api.ts";
import { ERROR_CODES, errorStatus } from "../../src/errors.ts";
import { axeViolations, launchBrowser, openPage, startLatchkey, type Running } from "../browser/support.ts";
import type { Browser } from "playwright-core";
import * as z from "zod";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

const source = await readFile(fileURLToPath(new URL("../../docs/errors.md", import.meta.url)), "utf8");

describe("docs/errors.md", () => {
  it("tells of every error that there is, in the order of the table, with its status, and of no other", () => {
    expect(errorGuides(source).map(({ code, status }) => [code, status])).toEqual(
      ERROR_CODES.map((code) => [code, errorStatus(code)]),
    );
  });
});

describe("the pages", () => {
  it("lead to every operation and every guide, and the search finds each", async () => {
    const pages = await guidePages();
    const text = (path: string) => pages.find((each) => each.path === path)?.text ?? "";
    const guides = pages.map(({ path }) => path).filter((path) => /^docs\/[a-z-]+\.html$/.test(path));
    const addresses = [
      ...operations().map(({ id }) => `/docs#${id}`),
      ...guides.map((path) => `/${path.slice(0, -".html".length)}`),
    ];
    const Found = z.array(z.looseObject({ href: z.string() }));
    const found = Found.parse(JSON.parse(text("docs/search.json"))).map(({ href }) => href);
    expect(addresses.length).toBeGreaterThan(80);
    for (const path of ["docs.html", ...guides]) {
      for (const address of addresses) expect(text(path), path).toContain(`href="${address}"`);
    }
    expect(addresses.filter((address) => !found.includes(address))).toEqual([]);
    expect(ERROR_CODES.filter((code) => !found.includes(`/docs/errors/${code}`))).toEqual([]);
    for (const { id } of await listEntries()) {
      expect(found).toContain(`/docs/catalogue/${id}`);
      expect(text(`docs/catalogue/${id}.html`), id).toContain(`/proxy/${id}`);
    }
    expect(found).toHaveLength(new Set(found).size);
  });

  it("of the guides lead to pages and places that there are", async () => {
    const pages = (await guidePages()).filter(({ path }) => path.endsWith(".html"));
    const byAddress = new Map(pages.map(({ path, text }) => [`/${path.slice(0, -".html".length)}`, text]));
    const links = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/href="([^"]+)"/g)].map(([, href = ""]) => ({ path, href })),
    );
    const ids = new Set(operations().map(({ id }) => id));
    const lost = links.filter(({ path, href }) => {
      if (/^(?:https:|\/(?:openapi\.json|llms\.txt|docs\.css|favicon\.svg)?$)/.test(href)) return false;
      // An operation is shown by the page's script.
      if (href.startsWith("/docs#")) return !ids.has(href.slice("/docs#".length));
      const [address = "", anchor] = href.startsWith("#")
        ? [`/${path.slice(0, -".html".length)}`, href.slice(1)]
        : href.split("#");
      const page = byAddress.get(address);
      return page === undefined || (anchor !== undefined && !page.includes(`id="${anchor}"`));
    });
    expect(lost).toEqual([]);
    expect(links.length).toBeGreaterThan(300);
  });

  it("are served, with their Markdown beside them and a list for those who read that", async () => {
    const served = await Promise.all(
      (await guidePages()).map(async ({ path, text }) => {
        const address = `${latchkey.origin}/${path.replace(/\.html$/, "")}`;
        const answer = await fetch(address);
        return [path, answer.status, (await answer.text()) === text];
      }),
    );
    expect(served.filter(([, status, isSame]) => status !== 200 || !isSame)).toEqual([]);
  });

  it("are where an error says that they are", async () => {
    const refused = await fetch(`${latchkey.origin}/connections`);
    const { error, docs } = ErrorBody.parse(await refused.json());
    expect(docs).toBe(`${latchkey.origin}/docs/errors/${error}`);
    expect(await (await fetch(docs)).text()).toContain(`<h1>${error}</h1>`);
  });

  it.each(["/docs/integrators", "/docs/errors/rate_limited", "/docs/proxy", "/docs/catalogue/gmail"])(
    "%s is accessible, fits a narrow screen, and loads nothing that its policy forbids",
    async (path) => {
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, context, complaints } = await openPage(browser, { colorScheme });
        await page.goto(latchkey.origin + path);
        expect(await axeViolations(page)).toEqual([]);
        await page.setViewportSize({ width: 340, height: 800 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
        expect(complaints).toEqual([]);
        await context.close();
      }
    },
  );
});
