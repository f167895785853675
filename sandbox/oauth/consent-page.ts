import { escapeHtml } from "../http.ts";
import type { Service } from "../service.ts";
import type { Question } from "../store.ts";

const APP = "Latchkey (sandbox)";

/** The page on which a person allows or denies. It holds nothing but the one-time id of the request. */
export function consentPage(service: Service, question: Question, id: string): Response {
  const title = escapeHtml(service.title);
  const main = `
    <h1>${APP} wants to use your ${title} account</h1>
    <form method="post" action="/${service.name}/_consent">
      <input type="hidden" name="request" value="${escapeHtml(id)}">
      <fieldset>
        <legend>Continue as</legend>
        ${service.accounts.map((account, index) => accountChoice(account, index)).join("")}
      </fieldset>
      ${scopeList(service, question)}
      <div class="buttons">
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny" class="quiet">Deny</button>
      </div>
    </form>
    <p class="small">You return to <strong>${escapeHtml(new URL(question.redirect_uri).host)}</strong>. You can take
      this back at any time in ${title}.</p>`;
  return page(service, `Allow ${APP}? ${service.title}`, main, 200);
}

/** The page for a request which must not be redirected anywhere. */
export function errorPage(service: Service, text: string, status = 400): Response {
  const main = `<h1>This request cannot go on</h1>
    <p>${escapeHtml(text)}</p>
    <p class="small">Go back to the app and start again from there.</p>`;
  return page(service, `Refused. ${service.title}`, main, status);
}

function accountChoice(account: Service["accounts"][number], index: number): string {
  return `<label class="choice"><input type="radio" name="account" value="${index}"${index === 0 ? " checked" : ""}>
    <span><strong dir="auto">${escapeHtml(account.label)}</strong>
    <span class="detail" dir="auto">${escapeHtml(account.detail)}</span></span></label>`;
}

function scopeList(service: Service, question: Question): string {
  const { known, fixed } = service.oauth.scopes;
  const scopes = [...new Set(question.parts.flatMap((part) => part.scopes))];
  if (scopes.length === 0) return `<h2>It will be able to</h2><ul><li>${defaultPermission(service)}</li></ul>`;
  const item = (scope: string) => {
    const words = escapeHtml(known[scope] ?? scope);
    if (fixed === undefined || fixed.includes(scope)) return `<li>${words}</li>`;
    return `<li class="tick"><label class="choice"><input type="checkbox" name="ticked" value="${escapeHtml(scope)}" checked>
      <span>${words}</span></label></li>`;
  };
  return `<h2>It will be able to</h2><ul>${scopes.map(item).join("")}</ul>`;
}

function defaultPermission(service: Service): string {
  return service.name === "notion" ? "Read and write the pages shared with it" : "See your public profile";
}

function page(service: Service, title: string, main: string, status: number): Response {
  const nonce = crypto.randomUUID();
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} (sandbox)</title>
<style nonce="${nonce}">${STYLE}.mark{background:${service.colour}}</style>
</head>
<body>
<header>
  <span class="mark" aria-hidden="true">${escapeHtml(service.title.slice(0, 1))}</span>
  <p><strong>${escapeHtml(service.title)}</strong><br>Sandbox: no real account is involved.</p>
</header>
<main>${main}</main>
</body>
</html>`;
  return new Response(body, { status, headers: { "content-type": "text/html; charset=utf-8", ...protection(nonce) } });
}

/** No form-action: Chromium applies it to the redirect which answers the form, and that goes to the app. */
function protection(nonce: string): Record<string, string> {
  return {
    "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
  };
}

const STYLE = `
:root{color-scheme:light dark;--ground:#f2f4f7;--card:#fff;--text:#1a1f26;--soft:#545d69;--line:#c9d0d9;--go:#0b57d0;--on-go:#fff}
@media (prefers-color-scheme:dark){:root{--ground:#14171b;--card:#1e2329;--text:#eceff3;--soft:#a9b3bf;--line:#46505c;--go:#a8c7fa;--on-go:#0a1d3d}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;padding:2rem 1rem;display:flex;flex-direction:column;align-items:center;justify-content:center;
gap:1rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
header,main{width:100%;max-width:28rem}
header{display:flex;align-items:center;gap:.75rem}
.mark{width:2.5rem;height:2.5rem;border-radius:.6rem;display:grid;place-items:center;color:#fff;font-weight:700;font-size:1.25rem}
header p{margin:0;font-size:.9rem;color:var(--soft)}
header strong{font-size:1.1rem;font-weight:600;color:var(--text)}
main{background:var(--card);border:1px solid var(--line);border-radius:.9rem;padding:1.5rem}
h1{font-size:1.3rem;line-height:1.3;margin:0 0 1.25rem}
h2,legend{font-size:.9rem;font-weight:600;color:var(--soft);margin:0 0 .5rem;padding:0}
fieldset{border:0;margin:0 0 1.25rem;padding:0;min-width:0}
.choice{display:flex;gap:.75rem;align-items:flex-start;padding:.6rem .75rem;border:1px solid var(--line);border-radius:.6rem;
margin-bottom:.5rem;cursor:pointer}
.choice input{margin:.3rem 0 0;width:1.05rem;height:1.05rem;flex:none;accent-color:var(--go)}
.choice span{min-width:0;overflow-wrap:anywhere}
.choice:has(:checked){border-color:var(--go)}
.detail{display:block;color:var(--soft);font-size:.9rem}
ul{margin:0 0 1.5rem;padding-left:1.25rem}
.tick{list-style:none;margin:.5rem 0 0 -1.25rem}
.buttons{display:flex;gap:.75rem;flex-wrap:wrap}
button{flex:1 1 8rem;min-height:2.75rem;padding:.5rem 1rem;border:1px solid var(--go);border-radius:.6rem;background:var(--go);
color:var(--on-go);font:inherit;font-weight:600;cursor:pointer}
button.quiet{background:transparent;color:var(--text);border-color:var(--line)}
button:hover{filter:brightness(.95)}
:focus-visible{outline:3px solid var(--go);outline-offset:2px}
.small{font-size:.875rem;color:var(--soft);margin:1.25rem 0 0}
`;
