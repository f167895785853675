import * as z from "zod";
import { LinkSpelling } from "./link-header.ts";

const seconds = z.number().int().min(1).nullable();
const milliseconds = z.number().int().min(0).max(600_000);

/** What tests and demonstrations can change about a service; see `control.ts`. */
export const settingsSchema = z.strictObject({
  /** Seconds; null for the service's own. */
  access_token_lifetime: seconds,
  /** The longest that an access token lives which can be renewed, where nothing else is set: for seeing it happen. */
  renewable_lifetime: seconds,
  refresh_token_lifetime: seconds,
  /** Expiring tokens with rotation, where an app can choose (Slack's token rotation, a GitHub App). */
  token_rotation: z.boolean(),
  /** Answer 409 to a refresh within a second of the last one. */
  too_soon_409: z.boolean(),
  /** Redirect URIs registered beside the local ones; each service takes them by its own rules (`oauth/redirect-uris.ts`). */
  redirect_uris: z.array(z.string()),
  /** Whether what is on `localhost` is taken by services too that refuse it, so that `npm start` needs no name and no https. */
  local_redirects: z.boolean(),
  /** Scopes that the app marks as optional, where an app can do that (Slack): people can untick them. */
  optional_scopes: z.array(z.string()),
  token_delay_ms: milliseconds,
  api_delay_ms: milliseconds,
  /** The nonce that a played service wants in proofs (RFC 9449 8); null: none. */
  dpop_nonce: z.string().nullable(),
  /** Most items any list gives per page, however many are asked for; null for the service's own limits. */
  page_limit: z.number().int().min(1).nullable(),
  /** How Link headers are written, of the many ways there are. */
  link_header: LinkSpelling,
  /** How a link to the next page says where it goes on, where that is the service's affair: Microsoft's. */
  next_link: z.enum(["$skiptoken", "$skipToken", "$skip", "opaque", "varies"]),
  /**
   * `bad`: every other call to the token endpoint and every fourth to the API meets with something that passes. `worse`: one in
   * twenty of the former finds that the person has taken their consent back.
   */
  mood: z.enum(["good", "bad", "worse"]),
});

/** A service's settings. */
export type Settings = z.infer<typeof settingsSchema>;

/** What a service does unless told otherwise. */
export const DEFAULT_SETTINGS: Settings = {
  access_token_lifetime: null,
  renewable_lifetime: null,
  refresh_token_lifetime: null,
  token_rotation: false,
  too_soon_409: false,
  redirect_uris: [],
  local_redirects: true,
  optional_scopes: [],
  token_delay_ms: 0,
  api_delay_ms: 0,
  dpop_nonce: null,
  page_limit: null,
  link_header: "plain",
  next_link: "varies",
  mood: "good",
};

/** The page size a request gets. */
export function pageSize(settings: Settings, asked: number): number {
  return Math.min(asked, settings.page_limit ?? asked);
}
