/** The frame of the pages that the Worker itself makes. */
import { html } from "hono/html";

type Html = ReturnType<typeof html>;

/** A whole page, its title as text and the rest as HTML. */
export const madePage = (title: string, main: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="/connect-page.css" />
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html>`;
