/** The page of a played service on which a person allows or denies, and the one for what must not go on. */
import { CLIENT_NAME } from "../clients.ts";
import { HOLDERS } from "../data/people.ts";
import { escapeHtml } from "../http.ts";
import { APP_MARK, page, serviceMark, type Shown } from "../oauth/page.ts";
import type { Question } from "../store.ts";
import type { Entry } from "./entry.ts";

const shownOf = ({ id, name }: Entry): Shown => ({ name: `any/${id}`, title: name ?? id, colour: "#3d4f7a" });

/** It holds nothing but the one-time id of the request. */
export function consentPage(entry: Entry, question: Question, request: string): Response {
  const shown = shownOf(entry);
  const title = escapeHtml(shown.title);
  const people = HOLDERS.map(
    ({ full, email }, account) =>
      `<label class="choice"><input type="radio" name="account" value="${account}"${
        account === 0 ? " checked" : ""
      }><span class="who"><strong dir="auto">${escapeHtml(full)}</strong><span class="detail">${email}</span></span></label>`,
  );
  const scopes = question.parts.flatMap((part) => part.scopes).map((scope) => `<li>${escapeHtml(scope)}</li>`);
  return page(
    shown,
    `Allow ${CLIENT_NAME}? ${shown.title}`,
    `<div class="intro"><p class="brand">${serviceMark(shown)} ${title}</p>
      <h1>Allow ${CLIENT_NAME} to use your ${title} account?</h1></div>
    <form method="post" action="/any/${entry.id}/_consent">
      <input type="hidden" name="request" value="${escapeHtml(request)}">
      <fieldset><legend>Choose an account</legend>${people.join("")}</fieldset>
      <h2>${CLIENT_NAME} will be able to</h2><ul>${scopes.join("")}</ul>
      <div class="buttons"><button name="decision" value="allow">Allow</button>
      <button name="decision" value="deny" class="quiet">Deny</button></div>
    </form>
    <div class="facts"><dl><div><dt>Asked by</dt><dd class="app">${APP_MARK} ${CLIENT_NAME}</dd></div></dl></div>`,
    200,
  );
}

/** For a request which must not be redirected anywhere. */
export function refusedPage(entry: Entry, text: string, status = 400): Response {
  const shown = shownOf(entry);
  const title = escapeHtml(shown.title);
  return page(
    shown,
    `Refused. ${shown.title}`,
    `<div class="intro"><p class="brand">${serviceMark(shown)} ${title}</p><h1>This request cannot go on</h1></div>
    <div class="said"><p>${escapeHtml(text)}</p><p>Go back to the app and start again from there.</p></div>`,
    status,
  );
}
