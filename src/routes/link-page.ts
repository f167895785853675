/** The page of a connect link: its script hands on what stands behind the `#`; without scripts a person does. */
import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../context.ts";
import { madePage } from "../middleware/made-page.ts";
import { openPageHeaders } from "./page-headers.ts";

/** Knows of no ticket and spends none: that takes a POST from here. */
export function linkPage(c: Context<AppEnv>): Response | Promise<Response> {
  openPageHeaders(c);
  return c.html(
    madePage(
      "Connect an account",
      html`<h1>Connect an account</h1>
        <form id="link" method="post" action="/connect/open"><input type="hidden" name="ticket" /></form>
        <noscript>
          <p>Scripts are turned off here. Copy the whole link that has brought you here, and paste it.</p>
          <form method="post" action="/connect/open">
            <label for="ticket">The link</label>
            <input id="ticket" name="ticket" autocomplete="off" required />
            <button>Continue</button>
          </form>
        </noscript>
        <script src="/open-link.js" defer></script>`,
    ),
  );
}
