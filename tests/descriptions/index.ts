import type { Description } from "./description.ts";
import { github } from "./github.ts";
import { google } from "./google.ts";
import { microsoft } from "./microsoft.ts";
import { spotify } from "./spotify.ts";

/** Every service that is held against a description. */
export const DESCRIPTIONS: readonly Description[] = [github, google, microsoft, spotify];
