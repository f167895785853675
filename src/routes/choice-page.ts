/** The hosted connect page: which of an app's integrations to connect. */
import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../context.ts";
import { openPageHeaders } from "./page-headers.ts";

export interface Choices {
  /** The app's name. */
  readonly app: string;
  readonly choices: readonly { readonly integration: string; readonly name: string }[];
}

/** One button for each; a button is a POST, so that nothing that only looks ahead starts anything. */
export function choicePage(c: Context<AppEnv>, { app, choices }: Choices): Response | Promise<Response> {
  openPageHeaders(c);
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>Connect an account to ${app}</title>
          <link rel="stylesheet" href="/connect-page.css" />
        </head>
        <body>
          <main>
            <h1>Connect an account to ${app}</h1>
            ${
              choices.length === 0
                ? html`<p>${app} has nothing to connect yet.</p>`
                : html`<form method="post">
                    ${choices.map(
                      ({ integration, name }) =>
                        html`<button name="integration" value="${integration}">Connect ${name}</button>`,
                    )}
                  </form>`
            }
          </main>
        </body>
      </html>`,
  );
}
