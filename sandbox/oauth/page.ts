/** What all pages of the emulated services share: the mark, the note that nothing here is real, the style, the policy. */
import { marks, type Mark } from "../../frontend/marks.ts";
import { escapeHtml } from "../http.ts";
import type { Service } from "../service.ts";

/** The app's own mark: the one of `frontend/favicon.svg`. */
export const APP_MARK = `<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#4149c4"/>
  <path d="M11.5 12.5a4.5 4.5 0 1 1 7 3.7L19.8 24h-7.6l1.3-7.8a4.5 4.5 0 0 1-2-3.7z" fill="#fff"/></svg>`;

const known = new Map<string, Mark>(Object.entries(marks));

/** What a page has to know of its service. */
export type Shown = Pick<Service, "title" | "colour"> & { readonly name: string };

/**
 * The service's mark, or its first letter, on a white tile, which every brand's colour is made for. Decorative: the name
 * stands beside it.
 */
export function serviceMark({ name, title, colour }: Shown): string {
  const mark = known.get(name);
  const drawing = mark
    ? `<path d="${mark.path}" fill="${mark.color}"/>`
    : `<text x="12" y="19" text-anchor="middle" font-size="20" font-weight="600" fill="${colour}">${escapeHtml(title.slice(0, 1))}</text>`;
  return `<svg class="mark tile" viewBox="-8 -8 40 40" aria-hidden="true">${drawing}</svg>`;
}

/** A whole page. `main` is HTML, its parts escaped by whoever wrote it; `title` is text. */
export function page(service: Shown, title: string, main: string, status: number): Response {
  const nonce = crypto.randomUUID();
  const name = escapeHtml(service.title);
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} (sandbox)</title>
<style nonce="${nonce}">:root{--brand:${service.colour}}${STYLE}</style>
</head>
<body>
<header><p><strong>Sandbox: no real account.</strong> This page stands in for ${name}; its people and data are made up.</p></header>
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

/** On dark ground the brand's colour is thinned with white, and what stands on it is dark. */
const STYLE = `
:root{color-scheme:light dark;--accent:var(--brand);--on-accent:#fff;--ground:color-mix(in srgb,var(--brand) 6%,#f4f5f7);--card:#fff;
--text:#1a1d23;--soft:#565d68;--line:#d8dce2;--control:#868d98;--note:#ffefc2;--on-note:#4d3300}
@media (prefers-color-scheme:dark){:root{--accent:color-mix(in srgb,var(--brand) 28%,#fff);--on-accent:#14171b;
--ground:color-mix(in srgb,var(--brand) 9%,#101215);--card:#1c1f24;--text:#eceef1;--soft:#abb2bd;--line:#373c45;--control:#7f8793;
--note:#3b2d07;--on-note:#ffe3a1}}
*{box-sizing:border-box}
html{font-size:clamp(100%,80% + .28vw,125%)}
body{margin:0;padding-bottom:1rem;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;gap:1rem;background:var(--ground);color:var(--text);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header{padding:.6rem 1rem;background:var(--note);color:var(--on-note);font-size:.875rem;text-align:center;text-wrap:balance}
p,h1,h2,ul,dl,dd,fieldset{margin:0;padding:0}
main{--pad:1.25rem;width:min(100% - 1.5rem,30rem);margin:auto;overflow:hidden;background:var(--card);border:1px solid var(--line);
border-radius:1rem;box-shadow:0 1px 2px #0000000f,0 12px 32px #00000014}
.intro{padding:var(--pad) var(--pad) 0;border-top:.3rem solid var(--accent)}
.brand,.app{display:flex;align-items:center;gap:.75rem}
.brand{font-size:1.125rem;font-weight:600}
.mark{flex:none;width:1.25rem;height:1.25rem}
.tile{width:3rem;height:3rem;border:1px solid #d8dce2;border-radius:.8rem;background:#fff}
h1{margin-top:1rem;font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
form,.said{padding:var(--pad)}
h2,legend{margin-bottom:.6rem;padding:0;font-size:.875rem;font-weight:600;color:var(--soft)}
fieldset{border:0;min-width:0;margin-bottom:1.5rem}
label{display:flex;gap:.75rem;cursor:pointer}
input{flex:none;width:1.125rem;height:1.125rem;margin:0;accent-color:var(--accent)}
.choice{align-items:center;padding:.6rem .75rem;border:1px solid var(--line);border-radius:.75rem}
.choice+.choice{margin-top:.5rem}
.choice:hover{border-color:var(--control)}
.choice:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent);background:color-mix(in srgb,var(--accent) 7%,var(--card))}
.who{flex:1;min-width:0;line-height:1.4}
.who strong{font-weight:600}
.detail{display:block;color:var(--soft);font-size:.875rem}
.face{flex:none;display:grid;place-items:center;width:2.25rem;height:2.25rem;border-radius:50%;font-weight:600;
background:color-mix(in srgb,var(--accent) 16%,var(--card))}
ul{margin-bottom:1.5rem;list-style:none}
li{position:relative;padding-left:1.875rem}
li+li{margin-top:.5rem}
li:not(.tick)::before{content:"";position:absolute;left:.35rem;top:.25rem;width:.4rem;height:.75rem;border:solid var(--accent);
border-width:0 .15rem .15rem 0;transform:rotate(45deg)}
.tick{padding-left:0}
.tick label{padding:.125rem 0}
.tick input{margin-top:.2rem}
.asked{display:none}
form:has([name=account][value="0"]:checked) .asked:nth-of-type(1),form:has([name=account][value="1"]:checked) .asked:nth-of-type(2),
form:has([name=account][value="2"]:checked) .asked:nth-of-type(3){display:block}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem}
button{flex:1 1 7rem;min-height:2.75rem;padding:.5rem 1rem;border:1px solid var(--accent);border-radius:.75rem;background:var(--accent);
color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer}
button:hover{background:color-mix(in srgb,var(--accent) 88%,var(--text))}
button.quiet{background:transparent;color:var(--text);border-color:var(--control)}
button.quiet:hover{background:color-mix(in srgb,var(--text) 7%,transparent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.choice:has(:focus-visible){outline:3px solid var(--accent);outline-offset:2px}
.choice :focus-visible{outline:0}
.facts{padding:var(--pad);border-top:1px solid var(--line);font-size:.875rem;color:var(--soft)}
dl{display:grid;gap:.5rem;margin-bottom:1rem}
dl div{display:flex;flex-wrap:wrap;gap:0 .75rem}
dt{flex:0 0 6.5rem}
dd{flex:1 1 8rem;color:var(--text)}
.app{gap:.4rem}
.said p+p{margin-top:.75rem;color:var(--soft)}
@media (max-width:24rem){.face{display:none}}
@media (min-width:56rem){
main:has(form){--pad:2rem;width:min(100% - 4rem,60rem);display:grid;grid-template:auto 1fr/5fr 6fr}
form{grid-area:1/2/3/3;border-top:.3rem solid var(--accent)}
.intro,.facts{background:color-mix(in srgb,var(--accent) 7%,var(--card))}
.facts{display:flex;flex-direction:column;justify-content:end;border-top:0}
h1{font-size:1.875rem}
}
@media (forced-colors:active){.choice:has(:checked){border-width:3px}.face{border:1px solid}}
`;
