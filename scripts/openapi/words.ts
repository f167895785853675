/** What readers need of a route beside its declaration. None of it is in the Worker. */
import { APP_WORDS } from "./words-apps.ts";
import { CATALOGUE_WORDS } from "./words-catalogue.ts";
import { CONNECT_WORDS } from "./words-connect.ts";
import { CONNECTION_WORDS } from "./words-connections.ts";
import { JOB_WORDS } from "./words-jobs.ts";
import { PEOPLE_WORDS } from "./words-people.ts";

export interface Words {
  /** Its title: a few words. */
  readonly summary: string;
  /** What it does, in a sentence, and what there is to know of it. */
  readonly description: string;
  /** Answers beside the declared one, by status: what a browser gets where a program gets JSON. */
  readonly also?: Readonly<Record<string, string>>;
  /** A body that it takes, and what it then answers: a test holds both to the schemas of the declaration. */
  readonly request?: unknown;
  readonly answer?: unknown;
}

/** By method and path, as they are declared: `get /connections/{connection}`. A route without words is an error of the build. */
export const WORDS: Readonly<Record<string, Words>> = {
  ...CATALOGUE_WORDS,
  ...CONNECT_WORDS,
  ...CONNECTION_WORDS,
  ...PEOPLE_WORDS,
  ...APP_WORDS,
  ...JOB_WORDS,
};

/** What one wants to do, in the order in which one comes to it: the document's tags. `title` heads them for people. */
export const TAGS = [
  {
    name: "Connect",
    title: "Connect a user",
    description:
      "Send a person to a service and back, and keep what they grant: by a link, in a popup, or at the page.",
  },
  {
    name: "Catalogue",
    title: "Find a service",
    description:
      "Every service that is described: what it is called, what it takes to connect it, and how it is spoken to.",
  },
  {
    name: "Proxy",
    title: "Call an API",
    description: "The service's own API as the user, byte for byte, with a fresh token stamped on.",
  },
  {
    name: "Data",
    title: "Read data",
    description: "Profile and items of an account, in the same fields for every service.",
  },
  {
    name: "Connections",
    title: "Manage connections",
    description: "List, rename, tag, import, refresh, reconnect and disconnect what is connected.",
  },
  {
    name: "Approvals",
    title: "Ask before a call",
    description: "Calls of keys whose grant has somebody asked: what waits, and what a person or the app decides.",
  },
  {
    name: "Events",
    title: "Be told by webhooks",
    description: "What happened to connections, delivered signed to an address of the app's, and listed for a month.",
  },
  {
    name: "Apps",
    title: "Manage the app",
    description: "Apps, their API keys, and their clients at services.",
  },
  {
    name: "Sessions",
    title: "Keys and sessions",
    description: "Bearer keys for one user: for SDKs, scripts and browsers, listed and revocable.",
  },
  {
    name: "Passkeys",
    title: "Passkeys",
    description: "The way to the same connections on another device, for people at Latchkey's own page.",
  },
  {
    name: "Jobs",
    title: "Take everything back",
    description: "End keys and sessions at once, have the providers take their tokens back, and see what came of each.",
  },
  {
    name: "Operator",
    title: "Operate",
    description: "Liveness, sealing anew and building the index anew, for whoever runs the deployment.",
  },
] as const;

/** What the parameters mean, by name: one name means one thing wherever it stands. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  add_scopes:
    "Scopes with single blanks between them, to ask for besides those that the connection has; `connection` names it.",
  app: "The id of the app.",
  approval: "The id of an approval: `approval_id` of the error that asked for it.",
  category: "Only those of this category, as the list has it.",
  connection:
    "The id of a connection. Where a flow starts: the one to connect again with the same account, or `new` for another one where the service tells no account.",
  cursor: "Where the page begins: `next_cursor` (or `cursor`) of the page before, with the same filters.",
  event: "The id of an event, as it stands in `webhook-id`.",
  id: "The id of what is ended or removed.",
  integration:
    "The id of an integration, or with an app's key its slug. Where a path is about one connection, `@` and a label may follow: `github@work`.",
  kind: "`oauth2`: people consent at the service; `key`: they type a key of theirs.",
  job: "The id of a job.",
  key: "The id of an API key, which is not the key.",
  last: "Has to be `true` for the last passkey, with which the way from other devices goes.",
  limit: "How many there are to be in a page, at most.",
  path: "The path of the service's own API. It may hold slashes; a query goes along.",
  outcome: "Only those that ended so: a code of an error, `error` for any, or `ok`. Of receipts: what came of them.",
  request_id: "The one request whose answer had this in `X-Latchkey-Request-Id`.",
  return_to: "Where the person ends: `/` for the page. Other places are set by the operator or in the connect session.",
  route: "Only those of this route, as the list has it: `/proxy/*`.",
  search: "A part of a name, or another word for the service: `gmail`, `jira`, `x`.",
  service: "The id of a service in the catalogue.",
  session: "The id of a connect session.",
  session_id: "The `session_id` of a flow that was started through the API: it reads that one connection for an hour.",
  shared: "What becomes of a grant that another connection lives on as well: `keep` leaves it, `end` ends both.",
  since: "A date and time: only what came then or later.",
  state: "The state of a link of ours, which one browser can open once.",
  status: "Only those that stand so.",
  status_class: "Only those that were answered with such a status.",
  tag: "Only those with this tag, as `key:value`.",
  ticket: "The ticket of a connect link.",
  user: "The user, as the app names them.",
  webhook:
    "The name of a webhook: 1 to 40 of a-z, 0-9 and `-`. Where an event is replayed: the one that is told again.",
};
