/** What of each SDK's answers tells whose account it is: who it is, and a list that its own paging goes through. */
import { PageIterator, type PageCollection } from "@microsoft/microsoft-graph-client";
import { createGraphServiceClient } from "@microsoft/msgraph-sdk";
import { iteratePaginatedAPI, type SearchParameters } from "@notionhq/client";
import { User } from "facebook-nodejs-business-sdk";
import * as z from "zod";
import { airtableBases, airtableTables, tableRecords } from "../../sandbox/data/airtable.ts";
import { facebookPages, facebookUser } from "../../sandbox/data/facebook.ts";
import { githubRepositories, githubUser } from "../../sandbox/data/github.ts";
import { driveFiles, googleUser } from "../../sandbox/data/google.ts";
import { crmObjects, hubspotPortal } from "../../sandbox/data/hubspot.ts";
import { microsoftItems } from "../../sandbox/data/microsoft-drive.ts";
import { microsoftUser } from "../../sandbox/data/microsoft.ts";
import { outlookMails } from "../../sandbox/data/microsoft-outlook.ts";
import { notionItems, notionWorkspace } from "../../sandbox/data/notion.ts";
import { slackChannels, slackUser } from "../../sandbox/data/slack.ts";
import { spotifyPlaylists, spotifyUser } from "../../sandbox/data/spotify.ts";
import { toAirtable } from "./airtable.ts";
import { toFacebook } from "./facebook.ts";
import { toDrive } from "./google.ts";
import { toGraph } from "./graph.ts";
import { toHubSpot } from "./hubspot.ts";
import { toAdapter } from "./msgraph.ts";
import { toNotion } from "./notion.ts";
import { toOctokit } from "./octokit.ts";
import { gather, type At } from "./sdk.ts";
import { toSlack } from "./slack.ts";
import { toSpotifyNode } from "./spotify-node.ts";
import { toSpotify } from "./spotify.ts";

/** What one client is told. */
export interface Told {
  readonly who: unknown;
  /** Of each thing in the list. */
  readonly ids: readonly unknown[];
  /** The links to other pages that stood in the answers; none at services that have no such links. */
  readonly links: readonly string[];
}

export interface Whose {
  /** Has a client read; each is made anew, and what two of them ask for may come in any order. */
  readonly read: (at: At, account: number) => Promise<Told>;
  /** What the service holds of an account. */
  readonly held: (account: number) => Pick<Told, "who" | "ids">;
  /** Its answers hold links. */
  readonly has_links: boolean;
  /** It knows one address for the whole process, so that a label in it would be every client's. */
  readonly one_address: boolean;
}

/** How long a page of a list is: each account has several, the second one with the shorter list too. */
const pageOf = (account: number) => (account === 0 ? 100 : 20);
/** The same where fewer may be asked for at a time. */
const shortPageOf = (account: number) => (account === 0 ? 50 : 10);

const idsOf = (list: readonly { readonly id?: unknown }[]): unknown[] => list.map(({ id }) => id);
const Ids = z.array(z.looseObject({ id: z.string() }));
const Channels = z.looseObject({ channels: Ids });
const NextLink = z.looseObject({ "@odata.nextLink": z.string().optional() });
const present = (links: readonly (string | null | undefined)[]): string[] =>
  links.filter((link) => typeof link === "string");

/** One of an account's tables, which no other account sees. */
function tableOf(account: number) {
  const base = airtableBases(account)[0]?.id ?? "";
  const [table] = airtableTables(base);
  if (table === undefined) throw new Error(`Account ${account} has no table.`);
  return { base, table };
}

/** Of an SDK. @param name its package */
export function whoseOf(name: string): Whose {
  const found = WHOSE[name];
  if (found === undefined) throw new Error(`Nothing says what ${name} tells of an account.`);
  return found;
}

const WHOSE: Readonly<Record<string, Whose>> = {
  octokit: {
    has_links: true,
    one_address: false,
    held: (account) => ({ who: githubUser(account).login, ids: idsOf(githubRepositories(account)) }),
    read: async ({ api, key }, account) => {
      const { rest, paginate } = toOctokit({ api, key });
      const { data } = await rest.users.getAuthenticated();
      const links: string[] = [];
      const listed = await paginate(rest.repos.listForAuthenticatedUser, { per_page: pageOf(account) }, (page) => {
        links.push(...Array.from((page.headers.link ?? "").matchAll(/<([^>]*)>/g), ([, link = ""]) => link));
        return page.data;
      });
      return { who: data.login, ids: idsOf(listed), links };
    },
  },
  "@notionhq/client": {
    has_links: false,
    one_address: false,
    held: (account) => ({ who: notionWorkspace(account).botId, ids: idsOf(notionItems(account)) }),
    read: async (at, account) => {
      const client = toNotion(at);
      const { id } = await client.users.me({});
      const search = (args: SearchParameters) => client.search(args);
      return {
        who: id,
        ids: idsOf(await gather(iteratePaginatedAPI(search, { page_size: pageOf(account) }))),
        links: [],
      };
    },
  },
  "@hubspot/api-client": {
    has_links: true,
    one_address: false,
    held: (account) => ({ who: hubspotPortal(account).portalId, ids: idsOf(crmObjects(account, "contacts")) }),
    read: async (at, account) => {
      const client = toHubSpot(at);
      const details = await client.apiRequest({ method: "GET", path: "/account-info/v3/details" });
      const { portalId } = z.object({ portalId: z.number() }).parse(await details.json());
      const { paging } = await client.crm.contacts.basicApi.getPage(pageOf(account));
      return {
        who: portalId,
        ids: idsOf(await client.crm.contacts.getAll(pageOf(account))),
        links: present([paging?.next?.link]),
      };
    },
  },
  "@slack/web-api": {
    has_links: false,
    one_address: false,
    held: (account) => ({ who: slackUser(account).login, ids: idsOf(slackChannels(account)) }),
    read: async (at, account) => {
      const client = toSlack(at);
      const { user } = await client.auth.test();
      const types = "public_channel,private_channel";
      const pages = await gather(client.paginate("conversations.list", { limit: pageOf(account), types }));
      return { who: user, ids: idsOf(pages.flatMap((page) => Channels.parse(page).channels)), links: [] };
    },
  },
  googleapis: {
    has_links: false,
    one_address: false,
    held: (account) => ({ who: googleUser(account).email, ids: idsOf(driveFiles(account)) }),
    read: async (at, account) => {
      const { drive, at: where } = toDrive(at);
      const { data: about } = await drive.about.get({ fields: "user" }, where);
      const ids: unknown[] = [];
      const everything = { pageSize: pageOf(account), supportsAllDrives: true, includeItemsFromAllDrives: true };
      let pageToken: string | undefined;
      do {
        const { data } = await drive.files.list({ ...everything, ...(pageToken ? { pageToken } : {}) }, where);
        ids.push(...idsOf(data.files ?? []));
        pageToken = data.nextPageToken ?? undefined;
      } while (pageToken);
      return { who: about.user?.emailAddress, ids, links: [] };
    },
  },
  "@microsoft/microsoft-graph-client": {
    has_links: true,
    one_address: false,
    held: (account) => ({ who: microsoftUser(account).id, ids: idsOf(microsoftItems(account)) }),
    read: async (at, account) => {
      const client = toGraph(at);
      const { id } = z.looseObject({ id: z.string() }).parse(await client.api("/me").get());
      const first: PageCollection = await client.api("/me/drive/root/children").top(pageOf(account)).get();
      const links = present([NextLink.parse(first)["@odata.nextLink"]]);
      const listed: unknown[] = [];
      await new PageIterator(client, first, (item) => listed.push(item) > 0).iterate();
      return { who: id, ids: idsOf(Ids.parse(listed)), links };
    },
  },
  "@microsoft/msgraph-sdk": {
    has_links: true,
    one_address: false,
    held: (account) => ({ who: microsoftUser(account).id, ids: idsOf(outlookMails(account)) }),
    read: async (at, account) => {
      const { me } = createGraphServiceClient(toAdapter(at));
      const who = (await me.get())?.id;
      const ids: unknown[] = [];
      const links: string[] = [];
      let page = await me.messages.get({ queryParameters: { top: shortPageOf(account), select: ["id"] } });
      while (page) {
        ids.push(...idsOf(page.value ?? []));
        const next = page.odataNextLink ?? undefined;
        links.push(...present([next]));
        page = next === undefined ? undefined : await me.messages.withUrl(next).get();
      }
      return { who, ids, links };
    },
  },
  airtable: {
    has_links: false,
    one_address: false,
    held: (account) => {
      const { base, table } = tableOf(account);
      return { who: base, ids: idsOf(tableRecords(table)) };
    },
    read: async (at, account) => {
      const { base, table } = tableOf(account);
      const records = await toAirtable(at)
        .base(base)
        .table(table.name)
        .select({ pageSize: pageOf(account) })
        .all();
      return { who: base, ids: idsOf(records), links: [] };
    },
  },
  "@spotify/web-api-ts-sdk": {
    has_links: true,
    one_address: false,
    held: (account) => ({ who: spotifyUser(account).id, ids: idsOf(spotifyPlaylists(account)) }),
    read: async (at, account) => {
      const { currentUser } = toSpotify(at);
      const { id } = await currentUser.profile();
      const ids: unknown[] = [];
      const links: string[] = [];
      let hasMore = true;
      while (hasMore) {
        const page = await currentUser.playlists.playlists(shortPageOf(account), ids.length);
        ids.push(...idsOf(page.items));
        links.push(...present([page.href, page.next, page.previous]));
        hasMore = page.next !== null;
      }
      return { who: id, ids, links };
    },
  },
  "spotify-web-api-node": {
    has_links: true,
    one_address: true,
    held: (account) => ({ who: spotifyUser(account).id, ids: idsOf(spotifyPlaylists(account)) }),
    read: async (at, account) => {
      const client = toSpotifyNode(at);
      const { id } = (await client.getMe()).body;
      const ids: unknown[] = [];
      const links: string[] = [];
      let hasMore = true;
      while (hasMore) {
        const { body } = await client.getUserPlaylists({ limit: shortPageOf(account), offset: ids.length });
        ids.push(...idsOf(body.items));
        links.push(...present([body.href, body.next, body.previous]));
        hasMore = body.next !== null;
      }
      return { who: id, ids, links };
    },
  },
  "facebook-nodejs-business-sdk": {
    has_links: true,
    one_address: true,
    held: (account) => ({ who: facebookUser(account).id, ids: idsOf(facebookPages(account)) }),
    read: async (at, account) => {
      const client = toFacebook(at);
      const { id } = await new User("me", {}, null, client).get(["id"]);
      const cursor = await new User("me", {}, null, client).getAccounts(["id"], { limit: account === 0 ? 25 : 5 });
      const links: string[] = [];
      const pages: unknown[] = [...cursor];
      links.push(...present([cursor.paging?.next]));
      while (cursor.hasNext()) {
        await cursor.next();
        pages.push(...cursor);
        links.push(...present([cursor.paging?.next]));
      }
      return { who: id, ids: idsOf(Ids.parse(pages)), links };
    },
  },
};
