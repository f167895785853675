/** Each SDK as docs/proxy.md sets it up: `api` is where Latchkey proxies the service, `key` is a key of Latchkey's. */
import { Client as HubSpot } from "@hubspot/api-client";
import { Client as Graph } from "@microsoft/microsoft-graph-client";
import { Client as Notion } from "@notionhq/client";
import { Octokit } from "@octokit/rest";
import { WebClient } from "@slack/web-api";
import { google } from "googleapis";

// @octokit/rest, http://localhost:8787/proxy/github
export const toOctokit = (api: string, key: string) => new Octokit({ baseUrl: api, auth: key });

// @notionhq/client, http://localhost:8787/proxy/notion
export const toNotion = (api: string, key: string) => new Notion({ baseUrl: api, auth: key });

// @hubspot/api-client, http://localhost:8787/proxy/hubspot
export const toHubSpot = (api: string, key: string) =>
  new HubSpot({ basePath: api, accessToken: key, numberOfApiCallRetries: 3 });

// @slack/web-api, http://localhost:8787/proxy/slack
export const toSlack = (api: string, key: string) => new WebClient(key, { slackApiUrl: `${api}/api/` });

// googleapis, http://localhost:8787/proxy/google
export function toDrive(api: string, key: string) {
  const auth = new google.auth.OAuth2({ credentials: { access_token: key } });
  // `rootUrl` goes with every call, as its second argument: set once for the client it would lose its path.
  return { drive: google.drive({ version: "v3", auth }), at: { rootUrl: `${api}/` } };
}

// @microsoft/microsoft-graph-client, https://localhost:8787/proxy/microsoft
export const toGraph = (api: string, key: string) =>
  Graph.init({
    baseUrl: `${api}/`,
    customHosts: new Set([new URL(api).hostname]),
    authProvider: (done) => done(null, key),
  });
