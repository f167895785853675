/** The SDKs that are run, each unmodified. */
import { airtable } from "./airtable.ts";
import { facebook } from "./facebook.ts";
import { google } from "./google.ts";
import { graph } from "./graph.ts";
import { hubspot } from "./hubspot.ts";
import { msgraph } from "./msgraph.ts";
import { notion } from "./notion.ts";
import { octokit } from "./octokit.ts";
import type { Sdk } from "./sdk.ts";
import { slack } from "./slack.ts";
import { spotifyNode } from "./spotify-node.ts";
import { spotify } from "./spotify.ts";

export const SDKS: readonly Sdk[] = [
  octokit,
  notion,
  hubspot,
  slack,
  google,
  graph,
  msgraph,
  airtable,
  spotify,
  spotifyNode,
  facebook,
];
