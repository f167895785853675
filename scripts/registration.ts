/** Where a client is registered with each provider, and what its form is particular about. */
import { readEntry } from "./catalogue/entries.ts";
import type { Provider } from "../src/contract/provider.ts";

interface Registration {
  readonly url: string;
  readonly note: string;
  /** Hosts of redirect URIs it does not take: this name of the machine itself, or any without https. */
  readonly refuses?: "localhost" | "http";
}

const REGISTRATIONS: ReadonlyMap<string, Registration> = new Map([
  ["airtable", { url: "https://airtable.com/create/oauth", note: "https redirect URIs, except on localhost." }],
  [
    "hubspot",
    { url: "https://developers.hubspot.com", note: "A public app, with exactly the scopes that Latchkey asks for." },
  ],
  [
    "notion",
    { url: "https://www.notion.so/my-integrations", note: "A public connection; its capabilities are set there." },
  ],
  [
    "spotify",
    {
      url: "https://developer.spotify.com/dashboard",
      note: "In development mode 5 users, and no e-mail address.",
      refuses: "localhost",
    },
  ],
  [
    "github",
    {
      url: "https://github.com/settings/developers",
      note: "An OAuth app. One redirect URI for each: one app per host.",
    },
  ],
  [
    "google",
    {
      url: "https://console.cloud.google.com/apis/credentials",
      note: "A web application. Enable the Drive API; while the app is in testing, a connection lasts 7 days.",
    },
  ],
  [
    "facebook",
    { url: "https://developers.facebook.com/apps", note: "localhost in development mode only; pages need app review." },
  ],
  [
    "slack",
    { url: "https://api.slack.com/apps", note: "Leave PKCE off: turned on, it cannot be turned off.", refuses: "http" },
  ],
  [
    "microsoft",
    {
      url: "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
      note: "A web platform, for accounts of any organisation and personal ones.",
    },
  ],
]);

/** What to do at a provider: the page, the exact redirect URI for this host, and what to mind. */
export async function registrationOf(
  provider: Provider,
  host: string,
): Promise<{ readonly url: string; readonly redirect_uri: string; readonly notes: readonly string[] }> {
  const registration = REGISTRATIONS.get(provider.id);
  const entry = provider.catalogued === null ? undefined : await readEntry(provider.catalogued);
  const catalogue = entry?.registration;
  const url = new URL(host);
  const notes = registration ? [registration.note] : [...(catalogue?.notes ?? [])];
  if (registration?.refuses === "localhost" && url.hostname === "localhost") {
    url.hostname = "127.0.0.1";
    notes.push(`${provider.name} refuses localhost: open Latchkey at ${url.origin}.`);
  }
  if (registration?.refuses === "http" && url.protocol === "http:") {
    notes.push(`${provider.name} takes https only: use a deployment or a tunnel, and its address as --host.`);
  }
  return {
    url:
      registration?.url ??
      catalogue?.url ??
      provider.docs ??
      entry?.docs ??
      new URL(provider.authorization_endpoint).origin,
    redirect_uri: `${url.origin}/callback/${provider.id}`,
    notes,
  };
}
