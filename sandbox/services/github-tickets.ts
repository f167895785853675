/** Addresses that hand out bytes without a token, for five minutes: what GitHub's API redirects to. */
import * as z from "zod";
import { Repository } from "../data/github.ts";
import { mapped } from "../http.ts";
import { randomText } from "../random.ts";
import type { ApiContext, OpenContext } from "../routes.ts";

/** Where files of releases come from: https://docs.github.com/en/rest/releases/assets#get-a-release-asset is sent on to it. */
export const ASSETS = "release-assets.githubusercontent.com";
const FIVE_MINUTES = 5 * 60_000;

const Ticket = z.object({ account: z.number(), repository: Repository, what: z.string(), expires: z.number() });

/** Sends on to an address with a ticket of its own. */
export function sendToAsset(context: ApiContext, repository: Repository, asset: number): Response {
  const path = `/github-production-release-asset/${repository.id}/${asset}`;
  return sendTo(context, repository, ASSETS, path, String(asset));
}

export function sendTo(
  { call, store, account }: ApiContext,
  repository: Repository,
  host: string,
  path: string,
  what: string,
): Response {
  const ticket = randomText(29);
  store.setValue(`ticket/${ticket}`, { account, repository, what, expires: call.now + FIVE_MINUTES });
  return new Response(null, { status: 302, headers: { location: mapped(call, host, `${path}?token=${ticket}`) } });
}

/** What a ticket is for, while it is good. */
export function ticketOf({ call, store }: OpenContext): z.infer<typeof Ticket> | undefined {
  const found = Ticket.safeParse(store.value(`ticket/${call.query.get("token") ?? ""}`)).data;
  return found !== undefined && found.expires > call.now ? found : undefined;
}
