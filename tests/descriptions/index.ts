import type { Description } from "./description.ts";
import { airtable } from "./airtable.ts";
import { facebook } from "./facebook.ts";
import { github } from "./github.ts";
import { google } from "./google.ts";
import { hubspot } from "./hubspot.ts";
import { microsoft } from "./microsoft.ts";
import { notion } from "./notion.ts";
import { slack } from "./slack.ts";
import { spotify } from "./spotify.ts";

/** Every service that is held against a description. */
export const DESCRIPTIONS: readonly Description[] = [
  airtable,
  facebook,
  github,
  google,
  hubspot,
  microsoft,
  notion,
  slack,
  spotify,
];
