/** Every built-in provider, in the order they are listed. Adding one: its file, and its line here. */
import { airtable } from "./airtable.ts";
import { facebook } from "./facebook.ts";
import { github } from "./github.ts";
import { google } from "./google.ts";
import { hubspot } from "./hubspot.ts";
import { microsoft } from "./microsoft.ts";
import { notion } from "./notion.ts";
import type { Provider } from "../contract/provider.ts";
import { slack } from "./slack.ts";
import { spotify } from "./spotify.ts";

export const builtInProviders: readonly Provider[] = [
  airtable,
  hubspot,
  notion,
  spotify,
  github,
  google,
  facebook,
  slack,
  microsoft,
];
