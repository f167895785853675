/** Spotify's own words. A grant that is over is `invalid_grant` with one of several texts, or none. */
import type { Service, Spoken } from "../service.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";

const CALLS = "https://developer.spotify.com/documentation/web-api/concepts/api-calls";
const OUTAGES = "https://github.com/spotify/web-api/issues/221";

const over = (source: string, error_description?: string): Spoken => ({
  status: 400,
  body: { error: "invalid_grant", ...(error_description === undefined ? {} : { error_description }) },
  source,
});

const said = (status: number, message: string, source: string, headers: Record<string, string> = {}): Spoken => ({
  status,
  body: { error: { status, message } },
  headers,
  source,
});

const RESET: Spoken = {
  status: 503,
  body: "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
  headers: { "content-type": "text/plain" },
  source: "https://github.com/zmb3/spotify/issues/153",
};

export const spotifyWords: Service["words"] = {
  token: {
    passing: [
      ...RFC_WORDS.passing,
      RESET,
      { status: 500, body: "", source: "https://github.com/spotify/web-api/issues/247" },
      { status: 502, body: "", source: "https://github.com/spotify/web-api/issues/742" },
      {
        status: 429,
        body: "Too many requests",
        headers: { "retry-after": "1", "content-type": "text/plain" },
        source: "https://developer.spotify.com/documentation/web-api/concepts/rate-limits",
      },
    ],
    dead: [
      over("https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration"),
      over("https://github.com/felix-hilden/tekore/issues/349", "Refresh token expired"),
      over("https://github.com/fondberg/spotcast/issues/552", "Refresh token revoked"),
      over("https://github.com/alecchendev/spotify-refresh-token/issues/5", "Invalid refresh token"),
    ],
  },
  api: {
    passing: [
      ...GATEWAY,
      RESET,
      said(429, "API rate limit exceeded", "https://github.com/spotify/web-api/issues/1402", { "retry-after": "1" }),
      said(429, "API rate limit exceeded", "https://github.com/kokarare1212/librespot-python/issues/328"),
      { status: 429, body: "", source: "https://github.com/devgianlu/go-librespot/issues/282" },
      said(500, "Server error.", CALLS),
      said(502, "Bad gateway.", OUTAGES),
      said(503, "Service unavailable", CALLS),
    ],
    dead: [said(401, "The access token expired", CALLS), said(401, "Invalid access token", CALLS)],
  },
};
