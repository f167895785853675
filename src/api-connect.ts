/** The shapes of connecting an app's users: what the app asks for, what their browser is shown, and what has become of it. */
import * as z from "zod/mini";
import { UserId } from "./api-apps.ts";
import { Meant, Person, RequestedScopes } from "./api-connections.ts";

export const NewConnectSession = z.strictObject({
  user: UserId,
  /** Left out: the person chooses among the app's integrations. */
  integration: z.optional(z.string().check(z.maxLength(80))),
  /** One of the app's registered return URLs, letter for letter. */
  return_to: z.string().check(z.maxLength(2048)),
  /** In the place of the integration's own. */
  scopes: z.optional(RequestedScopes),
  /** Seconds until the link is of no use. */
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(86_400)), 900),
  /** `popup`: the last page tells its opener, at the origin of `return_to`. OpenID Connect Core 3.1.2.1 has the word. */
  display: z._default(z.enum(["page", "popup"]), "page"),
  /**
   * The id of a connection to connect again: finalizing with another account answers `account_mismatch`. `new` adds one where
   * the provider tells no account. Left out, the account decides: the same renews its connection, another is another one.
   */
  connection: Meant,
  /** Whom the page speaks to, and whose the connection is in lists that people read. */
  person: z.optional(z.strictObject(Person.shape)),
});

/**
 * How far one is. The last four are the end of it, and each is told to the app's webhook.
 * - `created`: its link waits to be opened
 * - `opened`: it is open in a browser
 * - `authorizing`: the person is at the provider
 * - `granted`: they came back, and the app has not finalized it yet
 */
export const ConnectSessionStatus = z.enum([
  "created",
  "opened",
  "authorizing",
  "granted",
  "connected",
  "failed",
  "expired",
  "cancelled",
]);
export type ConnectSessionStatus = z.output<typeof ConnectSessionStatus>;

/** Times are ISO 8601. */
export const ConnectSession = z.object({
  id: z.string(),
  user: z.string(),
  person: z.nullable(Person),
  /** null until the person has chosen. */
  integration: z.nullable(z.string()),
  status: ConnectSessionStatus,
  /** Why nothing came of it: a code of ours where it failed, `app` or `user` where one of them cancelled it. */
  reason: z.nullable(z.string()),
  /** The id of the connection that came of it. */
  connection: z.nullable(z.string()),
  created_at: z.string(),
  /** When the step that it is at runs out: its link, the time at the provider, the code to finalize with. */
  expires_at: z.string(),
  ended_at: z.nullable(z.string()),
});
export type ConnectSession = z.output<typeof ConnectSession>;

/** A new one with its link, which is shown this once. */
export const CreatedConnectSession = z.extend(ConnectSession, {
  /** For this user's browser alone: whoever opens it first has it. */
  connect_url: z.string(),
});
export type CreatedConnectSession = z.output<typeof CreatedConnectSession>;

export const Reconnect = z.extend(z.omit(NewConnectSession, { user: true, integration: true, connection: true }), {
  /** Asked for besides what it was asked for and has, where `scopes` says nothing. */
  add_scopes: z.optional(RequestedScopes),
});

export const Finalize = z.strictObject({
  /** What stood in the address that the user came back to. */
  connection_code: z.string().check(z.maxLength(1024)),
  user: UserId,
  /** As for a connect session, in the place of what that said. */
  connection: Meant,
});

const Ticket = z.string().check(z.maxLength(3072));
export const OpenedLink = z.strictObject({
  /** What stands behind the `#` of the link. */
  ticket: Ticket,
});
export const ChosenIntegration = z.strictObject({
  /** What stands behind the `#` of the link. */
  ticket: Ticket,
  /** One of the choices; where the link names one, that. */
  integration: z.string().check(z.maxLength(80)),
});

/** An app as its users know it. */
const AppLook = z.object({
  name: z.string(),
  /** Where the logo is at this origin; null: there is none. */
  logo: z.nullable(z.string()),
  /** `#rrggbb` */
  accent: z.nullable(z.string()),
});

/** What the page of a link shows: the app in its own colours, and what there is to connect. */
export const ConnectPage = z.object({
  app: AppLook,
  /** `elsewhere`: it is open in another browser. Where it is not `open`, there is nothing to choose. */
  link: z.enum(["open", "used", "expired", "elsewhere", "cancelled"]),
  person: z.nullable(Person),
  /** null: the person chooses. */
  integration: z.nullable(z.string()),
  choices: z.array(
    z.object({
      integration: z.string(),
      name: z.string(),
      /** The id of a built-in provider, whose mark and words the page has. */
      provider: z.string(),
      /** What else people call the service. */
      aliases: z.array(z.string()),
      /** Where at this origin its mark is; null: the page has it, or draws a letter. */
      mark: z.nullable(z.string()),
      /** What follows. `oauth2`: a consent at the service. `fields`: what the person enters, such as a key. */
      credentials: z.enum(["oauth2", "fields"]),
      scopes: z.array(z.string()),
    }),
  ),
});
export type ConnectPage = z.output<typeof ConnectPage>;

export const AuthorizationUrl = z.object({ authorization_url: z.string() });
export type AuthorizationUrl = z.output<typeof AuthorizationUrl>;

const State = z.string().check(z.maxLength(2048));
export const OpenedForm = z.strictObject({
  /** What stands behind the `#` of the form's address. */
  state: State,
});
export const EnteredFields = z.strictObject({
  /** What stands behind the `#` of the form's address. */
  state: State,
  /** By the name of the field. They are kept sealed, and no answer ever has them. */
  fields: z.record(z.string().check(z.maxLength(40)), z.string().check(z.maxLength(16_384))),
});

/** What the form of a service asks for. */
export const FieldsForm = z.object({
  /** Whose users connect here; null: at Latchkey's own page. */
  app: z.nullable(AppLook),
  integration: z.string(),
  name: z.string(),
  /** The id of a built-in provider, whose mark the page has. */
  provider: z.string(),
  /** Where at this origin the service's mark is; null: the page has it, or draws a letter. */
  mark: z.nullable(z.string()),
  docs: z.nullable(z.string()),
  /** `consent`: the service asks the person next. `connected`: these are all that is needed. */
  next: z.enum(["consent", "connected"]),
  fields: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.nullable(z.string()),
      example: z.nullable(z.string()),
      /** The service's own page about it. */
      help: z.nullable(z.string()),
      secret: z.boolean(),
      /** A regular expression of the whole value. */
      pattern: z.nullable(z.string()),
      optional: z.boolean(),
      default: z.nullable(z.string()),
      choices: z.nullable(z.array(z.string())),
      /** Stands behind the input, and is no part of it. */
      suffix: z.nullable(z.string()),
      multiline: z.boolean(),
      /** What it has to stay, for a connection that is connected again. */
      fixed: z.nullable(z.string()),
    }),
  ),
});
export type FieldsForm = z.output<typeof FieldsForm>;

/** Where the person goes on: to the service's consent, or back to where they came from; null: they are done here. */
export const EnteredOutcome = z.object({
  location: z.nullable(z.string()),
  /** `popup`: whoever has opened the window is told, at the origin of `location`. */
  display: z.enum(["page", "popup"]),
});
export type EnteredOutcome = z.output<typeof EnteredOutcome>;

/** Where a person goes who does not want to: the app's return URL, with the reason. */
export const CancelledLink = z.object({ return_to: z.string(), display: z.enum(["page", "popup"]) });
export type CancelledLink = z.output<typeof CancelledLink>;
