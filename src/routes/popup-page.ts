/** The last page of a connect flow in a popup: it tells the page that opened it, and closes. */
import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../context.ts";
import { madePage } from "../middleware/made-page.ts";
import { openPageHeaders } from "./page-headers.ts";

/**
 * Hands the outcome to the opener, at the origin of the return URL alone. Where the browser has cut the two apart, the popup
 * goes on to the return URL itself.
 * @param place the return URL with the outcome in its query
 */
export function popupPage(c: Context<AppEnv>, place: URL): Response | Promise<Response> {
  openPageHeaders(c);
  return c.html(
    madePage(
      "Done",
      html`<h1>Done</h1>
        <p>You can close this window.</p>
        <p><a href="${place.href}">Continue</a></p>
        <script src="/popup.js" data-return-to="${place.href}" defer></script>`,
    ),
  );
}
