import { CLIENT_NAME, sandboxClient } from "../clients.ts";
import { escapeHtml } from "../http.ts";
import type { Part, Service } from "../service.ts";
import type { Question, Store } from "../store.ts";
import { askedOf, optionalOf } from "./consent.ts";
import { APP_MARK, page, serviceMark } from "./page.ts";

/** The page on which a person allows or denies. It holds nothing but the one-time id of the request. */
export function consentPage(service: Service, store: Store, question: Question, id: string): Response {
  const app = CLIENT_NAME;
  const { client_id: clientId } = sandboxClient(service.name);
  const title = escapeHtml(service.title);
  const main = `
    <div class="intro">
      <p class="brand">${serviceMark(service)} ${title}</p>
      <h1>Allow ${escapeHtml(app)} to use your ${title} account?</h1>
    </div>
    <form method="post" action="/${service.name}/_consent">
      <input type="hidden" name="request" value="${escapeHtml(id)}">
      <fieldset>
        <legend>Choose an account</legend>
        ${service.accounts.map(accountChoice).join("")}
      </fieldset>
      <h2>${escapeHtml(app)} will be able to</h2>
      ${permissions(service, store, question)}
      <div class="buttons">
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny" class="quiet">Deny</button>
      </div>
    </form>
    <div class="facts">
      <dl>
        <div><dt>Asked by</dt><dd class="app">${APP_MARK} ${escapeHtml(app)}</dd></div>
        <div><dt>Client id</dt><dd>${escapeHtml(clientId)}</dd></div>
        <div><dt>Then back to</dt><dd>${escapeHtml(new URL(question.redirect_uri).host)}</dd></div>
      </dl>
      <p>You can take this back at any time: disconnect ${title} in ${escapeHtml(app)}.</p>
    </div>`;
  return page(service, `Allow ${app}? ${service.title}`, main, 200);
}

/** The page for a request which must not be redirected anywhere. */
export function errorPage(service: Service, text: string, status = 400): Response {
  const main = `
    <div class="intro">
      <p class="brand">${serviceMark(service)} ${escapeHtml(service.title)}</p>
      <h1>This request cannot go on</h1>
    </div>
    <div class="said">
      <p>${escapeHtml(text)}</p>
      <p>Go back to the app and start again from there.</p>
    </div>`;
  return page(service, `Refused. ${service.title}`, main, status);
}

function accountChoice({ label, detail }: Service["accounts"][number], index: number): string {
  return `<label class="choice"><input type="radio" name="account" value="${index}"${index === 0 ? " checked" : ""}>
    <span class="who"><strong dir="auto">${escapeHtml(label)}</strong>
    <span class="detail" dir="auto">${escapeHtml(detail)}</span></span>
    <span class="face" aria-hidden="true">${escapeHtml(label.slice(0, 1))}</span></label>`;
}

/** One list where every account is asked the same; else one for each, of which the page shows that of the account chosen. */
function permissions(service: Service, store: Store, question: Question): string {
  const lists = service.accounts.map((_, account) => askedOf(service, store, question, account).parts);
  const [first = []] = lists;
  const listOf = (parts: readonly Part[], name: string) => permissionList(service, parts, name, store);
  if (lists.every((parts) => JSON.stringify(parts) === JSON.stringify(first))) return listOf(first, "ticked");
  return lists.map((parts, at) => `<div class="asked">${listOf(parts, `ticked-${at}`)}</div>`).join("");
}

function permissionList(service: Service, parts: readonly Part[], name: string, store: Store): string {
  const { known, unscoped = "See your public profile" } = service.oauth.scopes;
  const optional = optionalOf(service, store, parts);
  const scopes = [...new Set(parts.flatMap((part) => part.scopes))];
  const items = scopes.map((scope) => {
    const words = escapeHtml(known[scope] ?? scope);
    if (!optional.includes(scope)) return `<li>${words}</li>`;
    return `<li class="tick"><label><input type="checkbox" name="${name}" value="${escapeHtml(scope)}" checked>
      <span>${words}</span></label></li>`;
  });
  return `<ul>${items.length === 0 ? `<li>${escapeHtml(unscoped)}</li>` : items.join("")}</ul>`;
}
