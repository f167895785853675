/**
 * How the official SDKs of services are pointed at Latchkey's proxy: the address and the key, where each of them takes them.
 *
 *     const at = proxied({ origin, integration: "github-acme", label: "work", key });
 *     const octokit = new Octokit(sdks.octokit(at));
 *
 * `key` is a user's: `POST /sessions` makes one for one of the app's users. docs/proxy.md has what each SDK does besides.
 */

/** Where an SDK calls, and with which key. */
export interface Proxied {
  /** In the place of the service's API: `https://latchkey.example/proxy/github`, without a slash at its end. */
  readonly api: string;
  readonly key: string;
}

export interface ProxiedAs {
  /** Where Latchkey is. */
  readonly origin: string;
  readonly integration: string;
  /** Of several accounts the one that is called so; left out: the default one. */
  readonly label?: string;
  /** A further host of the same service, such as `uploads.github.com`; docs/proxy.md has which there are. */
  readonly host?: string;
  /** A user's key or session. */
  readonly key: string;
}

/**
 * The proxy of one integration, or of one account of it.
 * @throws TypeError for a part that would make it another address
 */
export function proxied({ origin, integration, label, host, key }: ProxiedAs): Proxied {
  for (const [name, part] of Object.entries({ integration, label, host })) {
    if (part !== undefined && !/^[\w.-]*[\w-]$/.test(part))
      throw new TypeError(`${name}: not one of a proxy's address`);
  }
  const account = label === undefined ? integration : `${integration}@${label}`;
  const further = host === undefined ? "" : `/~${host}`;
  return { api: `${new URL(origin).origin}/proxy/${account}${further}`, key };
}

const schemeOf = ({ api }: Proxied): string => new URL(api).protocol.slice(0, -1);
const hostnameOf = ({ api }: Proxied): string => new URL(api).hostname;

/** By what the SDK's package is called: what its client is made with. */
export const sdks = {
  /** GitHub's `octokit` and `@octokit/rest`: `new Octokit(...)` */
  octokit: ({ api, key }: Proxied) => ({ baseUrl: api, auth: key }),

  /** Notion's `@notionhq/client`: `new Client(...)` */
  notion: ({ api, key }: Proxied) => ({ baseUrl: api, auth: key }),

  /** HubSpot's `@hubspot/api-client`: `new Client(...)` */
  hubspot: ({ api, key }: Proxied) => ({ basePath: api, accessToken: key }),

  /** Slack's `@slack/web-api`: `new WebClient(token, options)` */
  slack: ({ api, key }: Proxied) => ({ token: key, options: { slackApiUrl: `${api}/api/` } }),

  /** `airtable`: `new Airtable(...)` */
  airtable: ({ api, key }: Proxied) => ({ endpointUrl: api, apiKey: key }),

  /** `googleapis`: `new google.auth.OAuth2(auth)`; `call` is the second argument of every call */
  google: ({ api, key }: Proxied) => ({
    auth: { credentials: { access_token: key } },
    call: { rootUrl: `${api}/` },
  }),

  /** `@microsoft/microsoft-graph-client`: `Client.init(...)`. It sends a key over https only */
  graph: (at: Proxied) => ({
    baseUrl: `${at.api}/`,
    customHosts: new Set([hostnameOf(at)]),
    authProvider: (done: (error: null, token: string) => void): void => done(null, at.key),
  }),

  /** `@microsoft/msgraph-sdk`: the adapter's `baseUrl`, the hosts that may have the token, and the token */
  msgraph: (at: Proxied) => ({ baseUrl: `${at.api}/v1.0`, hosts: new Set([hostnameOf(at)]), token: at.key }),

  /** `@spotify/web-api-ts-sdk`: `SpotifyApi.withAccessToken("unused", token, config)`; the lifetime keeps it from refreshing */
  spotify: ({ api, key }: Proxied) => ({
    token: { access_token: key, token_type: "Bearer", expires_in: 3600, refresh_token: "" },
    config: {
      fetch: (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
        fetch(
          new Request(url).url.replace("https://api.spotify.com", () => api),
          init,
        ),
    },
  }),

  /** `spotify-web-api-node`: what the `builder` of its requests is made with, and `new SpotifyWebApi(client)` */
  spotifyNode: (at: Proxied) => ({
    builder: {
      scheme: schemeOf(at),
      host: at.api.slice(at.api.indexOf("://") + 3),
      port: schemeOf(at) === "https" ? 443 : 80,
    },
    client: { accessToken: at.key },
  }),

  /** `facebook-nodejs-business-sdk`: what `FacebookAdsApi.GRAPH` is made, and the token of `FacebookAdsApi.init(...)` */
  facebook: ({ api, key }: Proxied) => ({ GRAPH: api, token: key }),
} as const;
