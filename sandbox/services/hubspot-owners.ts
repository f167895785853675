import { hubspotPortal } from "../data/hubspot.ts";
import { person } from "../data/people.ts";
import { hoursAgo, many } from "../data/words.ts";
import { json, wholeNumber } from "../http.ts";
import { pageOf } from "../paging.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { HUBSPOT_API as API, hubspotErrors as errors } from "./hubspot-http.ts";

const READ = ["crm.objects.owners.read"];
const COLLEAGUES = [2, 1, 0];

/** The people of the portal, under the old paths and the dated one. */
export const ownerRoutes: readonly Route[] = [
  // HubSpot's own client asks with the slash.
  ...["/crm/v3/owners", "/crm/v3/owners/", "/crm/owners/2026-03"].map((path) => api("GET", API, path, READ, list)),
  ...["/crm/v3/owners", "/crm/owners/2026-03"].map((path) => api("GET", API, `${path}/:id`, READ, retrieve)),
];

function owners(account: number) {
  const { userId, first, last, email } = hubspotPortal(account);
  const colleagues = many(COLLEAGUES[account] ?? 0, (index) => {
    const { first: firstName, last: lastName } = person(`owner/${account}`, index);
    return { firstName, lastName, email: `owner-${index}@example.com`, userId: userId + 100 + index };
  });
  return [{ firstName: first, lastName: last, email, userId }, ...colleagues].map((owner, index) => ({
    id: String(70_000 + account + index * 10),
    ...owner,
    userIdIncludingInactive: owner.userId,
    type: "PERSON",
    createdAt: hoursAgo(12_000 - index),
    updatedAt: hoursAgo(400 + index),
    archived: false,
  }));
}

function list({ account, call, settings }: ApiContext): Response {
  const email = call.query.get("email");
  const found = owners(account).filter((owner) => email === null || owner.email === email);
  const after = call.query.get("after");
  const start = after === null ? 0 : found.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) return errors.badRequest(call, "The after cursor is not valid.");
  const page = pageOf(found, start, pageSize(settings, wholeNumber(call.query.get("limit"), 100, 1, 500)));
  const last = page.items.at(-1)?.id;
  const paging = page.next === undefined || last === undefined ? {} : { paging: { next: { after: last } } };
  return json({ results: page.items, ...paging });
}

function retrieve({ account, call, params }: ApiContext): Response {
  const byUser = call.query.get("idProperty") === "userId";
  const found = owners(account).find(({ id, userId }) => params["id"] === (byUser ? String(userId) : id));
  return found === undefined ? errors.notFound(call) : json(found);
}
