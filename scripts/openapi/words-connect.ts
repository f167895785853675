/** Connecting: of an app's users by links, and at the page. */
import {
  CONNECTION,
  INTEGRATION,
  ORIGIN,
  RETURN_TO,
  USER,
  connectPage,
  connectSession,
  connection,
  integration,
} from "./samples.ts";
import type { Words } from "./words.ts";

const start: Words = {
  summary: "Start connecting",
  description:
    "Start connecting: a link for a person to open, once; a navigation is redirected to the provider. For the page's user; an app's users go by `POST /connect-sessions`. Where the integration is followed by `@` and a label (`github@work`), or `connection` is an id, that very connection is connected again, and another account is refused.",
  also: { "303": "A browser that navigates here is sent on to the provider." },
  answer: {
    authorization_url: `${ORIGIN}/auth/github?state=3nQ8vT1xLm`,
    state: "3nQ8vT1xLm",
    expires_in: 600,
  },
};

const finish: Words = {
  summary: "Come back from the provider",
  description:
    "Take the provider's answer and send the person on. The redirect URI that is registered at the provider: browsers come here with `code` and `state`, or with an error. A flow that an app began ends at its `return_to`, one of the page at the page, and one that was started through the API is answered with JSON.",
  also: { "303": "The person is sent back to where the flow began." },
  answer: { session_id: "lk_examplesession", integration: "github", expires_in: 3600 },
};

const created = { ...connectSession, connect_url: `${ORIGIN}/connect#exampleticket` };

export const CONNECT_WORDS: Readonly<Record<string, Words>> = {
  "post /connect-sessions": {
    summary: "Make a connect link",
    description:
      "Make a link for one of the app's users to connect an account with. The link works once, in one browser. The user comes back to `return_to` with a `connection_code`; nothing is connected before it is finalized.",
    request: {
      user: USER,
      integration: INTEGRATION,
      return_to: RETURN_TO,
      person: { name: "Ann Example", email: "ann@acme.example" },
    },
    answer: created,
  },
  "post /connections/finalize": {
    summary: "Finish a connection",
    description:
      "Finish a connection: say which of the app's users has come back. Take `user` from your own session with whoever came back, never from the URL. For another user than the link was made for nothing is connected, and neither is another account than that of the connection which was to be connected again. What is refused is given back at the provider.",
    request: { connection_code: "example-code-from-the-address", user: USER },
    answer: connection,
  },
  "post /connections/{connection}/reconnect": {
    summary: "Make a reconnect link",
    description:
      "Make a link to connect again; what is held stays until then. For a connection that is `expired` or `reauth_required`, or that needs other scopes: `add_scopes` asks for some besides those that it has. The same account renews it; another one is refused with `account_mismatch`.",
    request: { return_to: RETURN_TO },
    answer: created,
  },
  "get /connect-sessions/{session}": {
    summary: "Read how far a connect session is, and what came of it",
    description: "Kept for thirty days after its end.",
    answer: { ...connectSession, status: "granted" },
  },
  "delete /connect-sessions/{session}": {
    summary: "Cancel a connect session",
    description:
      "Its link is of no use from then on, and what it was granted is given back. One that has ended stays as it is.",
    answer: { ...connectSession, status: "cancelled", reason: "app", ended_at: "2026-11-27T10:49:00.000Z" },
  },
  "post /connect/page": {
    summary: "Open a connect link, from its page: what that shows",
    description: "For Latchkey's own page. The first browser has the link from then on.",
    request: { ticket: "exampleticket" },
    answer: connectPage,
  },
  "post /connect/continue": {
    summary: "Go on to the provider, from the page of a connect link",
    description: "For Latchkey's own page. The link is spent.",
    request: { ticket: "exampleticket", integration: INTEGRATION },
    answer: { authorization_url: "https://github.com/login/oauth/authorize?client_id=example" },
  },
  "post /connect/cancel": {
    summary: "Give a connect link up, from its page",
    description: "For Latchkey's own page. The person goes back to the app, which is told with `connect_cancelled`.",
    request: { ticket: "exampleticket" },
    answer: { return_to: `${RETURN_TO}?error=connect_cancelled`, display: "page" },
  },
  "post /connect/fields/page": {
    summary: "Read what a service asks for, from its form",
    description:
      "For Latchkey's own page, which opens before a service that takes a key, a user name and password, or has to be told where it is.",
    request: { state: "3nQ8vT1xLm" },
    answer: {
      app: null,
      integration: "acme",
      name: "Acme",
      provider: "acme",
      mark: null,
      docs: "https://developers.acme.example/keys",
      next: "connected",
      fields: [
        {
          name: "api_key",
          title: "API key",
          description: "Settings, then API keys.",
          example: "ak_0123456789abcdef",
          help: "https://developers.acme.example/keys",
          secret: true,
          pattern: "ak_[0-9a-f]{16}",
          optional: false,
          default: null,
          choices: null,
          suffix: null,
          multiline: false,
          fixed: null,
        },
      ],
    },
  },
  "post /connect/fields": {
    summary: "Hand in what a person has typed into the form of a service",
    description:
      "For Latchkey's own page. A key is verified at the service before anything is stored; what the service does not take is `fields_refused`, and may be corrected. Where a consent follows, `location` leads there.",
    request: { state: "3nQ8vT1xLm", fields: { api_key: "ak_0123456789abcdef" } },
    answer: { location: `${RETURN_TO}?connection_code=example-code`, display: "page" },
  },
  "post /connect/fields/cancel": {
    summary: "Give the form of a service up",
    description: "For Latchkey's own page. The person goes back to where they came from.",
    request: { state: "3nQ8vT1xLm" },
    answer: { location: `${RETURN_TO}?error=connect_cancelled`, display: "page" },
  },
  "post /connect/open": {
    summary: "Open a connect link where scripts are turned off: the choice, or straight on to the provider",
    description: "A form of `ticket`, which may be the whole link, and of `integration` where that was chosen.",
    also: { "200": "The page on which the person chooses, where the link names no integration." },
  },
  "get /apps/{app}/logo": {
    summary: "Read an app's logo, through this origin",
    description: "The picture at the app's `logo_url`, for the pages that its users see.",
  },
  "get /connect/{ticket}": {
    summary: "Open an older connect link",
    description:
      "A link from before its ticket stood behind a `#`: leads to the page. Links that were made before still work. New ones come from `POST /connect-sessions`.",
    also: { "204": "Nothing, to a browser that only looks ahead." },
  },
  "get /auth/{integration}": start,
  "get /integrations/{integration}/authorize": { ...start, summary: "Start connecting, at the integration" },
  "post /integrations/{integration}/authorize": { ...start, summary: "Start connecting, by POST" },
  "get /callback/{integration}": finish,
  "get /integrations/{integration}/oauth2callback": { ...finish, summary: "Come back, at the integration" },
  "get /integrations": {
    summary: "List integrations",
    description:
      "List every integration with the caller's status. What there is to connect, how each stands for this caller, and all connections of each. `signed_in` says whether there is anything that signing out would end.",
    answer: { signed_in: true, integrations: [integration] },
  },
  "post /connections/import": {
    summary: "Import tokens",
    description:
      "Bring in tokens that the app has got elsewhere with the same client. For moving in: nobody has to consent again. The client at the provider has to be the one that the tokens were made for, because only that one can renew them. An access token that is over is renewed at once, which takes its refresh token.",
    request: {
      user: USER,
      integration: INTEGRATION,
      access_token: "example-access-token",
      refresh_token: "example-refresh-token",
      expires_in: 3600,
      scopes: ["read:user", "repo"],
    },
    answer: { ...connection, id: CONNECTION, refreshable: true },
  },
};
