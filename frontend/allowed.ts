/** What people have not allowed: in the words of the service's consent page, and what cannot be shown without it. */
import type { Integration } from "./api.ts";
import { scopeName, scopeWords } from "./scope-names.ts";

const GOOGLE = "https://www.googleapis.com/auth";

/** Lists, by integration and by the scope that each needs; the declarations of the providers name the same scopes. */
export const LISTED_WITH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  airtable: { "schema.bases:read": "Bases and tables" },
  facebook: { pages_show_list: "Your pages" },
  google: { [`${GOOGLE}/drive.metadata.readonly`]: "Drive files" },
  hubspot: { "crm.objects.contacts.read": "Contacts", "crm.objects.companies.read": "Companies" },
  microsoft: { "Files.Read": "Your files", "Team.ReadBasic.All": "Your teams" },
  slack: { "channels:read": "Public channels", "groups:read": "Private channels" },
  spotify: { "playlist-read-private": "Your playlists" },
};

/** What is said of the account itself, in the same way. */
const TOLD_WITH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  airtable: { "user.email:read": "Your email address" },
  facebook: { email: "Your email address" },
  github: { "user:email": "Your email address" },
  google: { email: "Your email address", profile: "Your name and picture" },
  hubspot: { "crm.objects.owners.read": "Your name" },
  slack: { "users:read": "Your name and picture", "users:read.email": "Your email address" },
};

/** What a service offers to some of its accounts alone: to those it is not offered to, nothing is missing. */
const OFFERED_TO: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // https://learn.microsoft.com/en-us/graph/api/user-list-joinedteams: not supported for personal accounts.
  microsoft: { "Team.ReadBasic.All": "work and school accounts" },
};

interface Lack {
  readonly scope: string;
  /** What is not allowed. */
  readonly words: string;
  /** The list that is not there without it. */
  readonly list: string | null;
  /** Whatever is not there without it. */
  readonly without: string | null;
  /** The only accounts that can allow it; null: all. */
  readonly offered_to: string | null;
}

/** Everything that was asked for and is not allowed. */
export function lacksOf({ integration: id, missing_scopes }: Integration): Lack[] {
  return missing_scopes.map((scope) => {
    const list = LISTED_WITH[id]?.[scope] ?? null;
    return {
      scope,
      words: scopeWords(id, scope) ?? scopeName(scope),
      list,
      without: list ?? TOLD_WITH[id]?.[scope] ?? null,
      offered_to: OFFERED_TO[id]?.[scope] ?? null,
    };
  });
}

/** What a person could still allow; a connection that no longer works has other worries. */
export function openLacks(integration: Integration): Lack[] {
  return integration.status === "connected" ? lacksOf(integration).filter((lack) => lack.offered_to === null) : [];
}

/** Whether a connection works in part. */
export const isPartial = (integration: Integration): boolean => openLacks(integration).length > 0;

/** One of them as a sentence. */
export function lackWords({ words, without }: Lack): string {
  return without === null ? `“${words}” is not allowed.` : `${without} cannot be shown: “${words}” is not allowed.`;
}
