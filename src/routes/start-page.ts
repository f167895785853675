/** The page before a flow that another site has sent a person to: starting is theirs to decide. */
import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../context.ts";
import { madePage } from "../middleware/made-page.ts";
import { madePagePolicy } from "../security-headers.ts";

/**
 * Names what would be connected, and goes on by a link of our own page, which the browser tells from another's.
 * @param added scopes that would be asked for besides those that a connection has
 */
export function startPage(
  c: Context<AppEnv>,
  name: string,
  asked: Readonly<Record<"return_to" | "connection", string | null>>,
  added: readonly string[],
): Response | Promise<Response> {
  c.header("Content-Security-Policy", madePagePolicy);
  const title = `Connect ${name}?`;
  const query = new URLSearchParams(
    Object.entries({ ...asked, add_scopes: added.join(" ") || null }).flatMap(([key, value]) =>
      value === null ? [] : [[key, value]],
    ),
  );
  const href = query.size === 0 ? c.req.path : `${c.req.path}?${query.toString()}`;
  return c.html(
    madePage(
      title,
      html`<h1>${title}</h1>
        <p>A link has brought you here. Connect ${name} to your Latchkey only if that is what you want.</p>
        ${added.length > 0 ? html`<p>${name} will be asked for more than before: ${added.join(", ")}.</p>` : ""}
        <p><a href="${href}">Connect ${name}</a></p>
        <p><a href="/">Back to Latchkey</a></p>`,
    ),
  );
}
