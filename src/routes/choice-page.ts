/** The hosted connect page: which of an app's integrations to connect. */
import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../context.ts";
import { madePage } from "../middleware/made-page.ts";
import { openPageHeaders } from "./page-headers.ts";

export interface Choices {
  /** The app's name. */
  readonly app: string;
  /** Of the link, which the choice spends. */
  readonly ticket: string;
  readonly choices: readonly { readonly integration: string; readonly name: string }[];
}

/** One button for each; a button is a POST, so that nothing that only looks ahead starts anything. */
export function choicePage(c: Context<AppEnv>, { app, ticket, choices }: Choices): Response | Promise<Response> {
  openPageHeaders(c);
  const title = `Connect an account to ${app}`;
  const buttons = choices.map(
    ({ integration, name }) => html`<button name="integration" value="${integration}">Connect ${name}</button>`,
  );
  return c.html(
    madePage(
      title,
      html`<h1>${title}</h1>
        ${choices.length === 0 ? html`<p>${app} has nothing to connect yet.</p>` : html`<form method="post" action="/connect/open"><input type="hidden" name="ticket" value="${ticket}" />${buttons}</form>`}`,
    ),
  );
}
