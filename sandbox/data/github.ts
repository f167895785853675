import * as z from "zod";
import { holder, HOLDERS, person } from "./people.ts";
import { fingerprint } from "../random.ts";
import { ADJECTIVES, dice, hoursAgoShort, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

/** A repository, before links are added. */
export const Repository = z.object({
  id: z.number(),
  owner: z.string(),
  ownerType: z.enum(["User", "Organization"]),
  name: z.string(),
  description: z.string().nullable(),
  homepage: z.string().nullable(),
  private: z.boolean(),
  fork: z.boolean(),
  archived: z.boolean(),
  language: z.string().nullable(),
  topics: z.array(z.string()),
  stars: z.number(),
  defaultBranch: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  pushedAt: z.string(),
});
export type Repository = z.infer<typeof Repository>;

/** An issue as it is stored. */
export const Issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  author: z.string(),
  state: z.enum(["open", "closed"]),
  stateReason: z.enum(["completed", "not_planned", "reopened"]).nullable(),
  labels: z.array(z.string()),
  assignees: z.array(z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
  closedAt: z.string().nullable(),
});
export type Issue = z.infer<typeof Issue>;

const REPOSITORIES_PER_ACCOUNT = [372, 44, 0];
const ORGANIZATIONS = ["northwind-labs", "tidepool-collective", "open-harbor", "papercut-club"] as const;
const LANGUAGES = ["TypeScript", "Rust", "Elixir", "Python", "Zig", "Go", null] as const;
const PURPOSES = [
  "Small tools for a big kitchen table",
  "Reads tide tables so that you do not have to",
  "Naïve Bayes, explained with biscuits 🍪",
  "مكتبة صغيرة للتقويم",
  "Konfigurationsdateien, sortiert",
  "An experiment; do not use it for anything",
] as const;

/** Who an account is. The second hides its address, the third has no display name. */
export function githubUser(account: number) {
  const { full, login, email } = holder(account);
  return {
    id: 583_200 + account * 17,
    login,
    name: account === 2 ? null : full,
    email: account === 0 ? email : null,
    addresses: [
      { email, primary: true, verified: true, visibility: account === 0 ? "public" : "private" },
      {
        email: `${583_200 + account * 17}+${login}@users.noreply.github.com`,
        primary: false,
        verified: true,
        visibility: null,
      },
      ...(account === 0 ? [{ email: "ada.old@example.org", primary: false, verified: false, visibility: null }] : []),
    ],
  };
}

/** The repositories an account can see, last updated first. About one in nine is private. */
export const githubRepositories = perAccount((account): readonly Repository[] => {
  return many(REPOSITORIES_PER_ACCOUNT[account] ?? 0, (index) => {
    const roll = dice(`repository/${account}/${index}`);
    const organization = index % 3 === 0 ? undefined : ORGANIZATIONS[Math.floor(roll() * ORGANIZATIONS.length)];
    const friend = index % 31 === 30 ? person("github", index).last : undefined;
    const updated = index * 6.5 + roll() * 6;
    return {
      id: 70_310_000 + account * 100_000 + index * 13,
      owner: friend === undefined ? (organization ?? holder(account).login) : `friend-${index}`,
      ownerType: organization === undefined || friend !== undefined ? "User" : "Organization",
      name: `${pick(ADJECTIVES, roll)}-${pick(NOUNS, roll)}${index < 20 ? "" : `-${index}`}`,
      description: descriptionOf(index, roll),
      homepage: index % 10 === 3 ? "https://northwind.example" : null,
      private: index % 9 === 4,
      fork: index % 12 === 7,
      archived: index % 27 === 26,
      language: pick(LANGUAGES, roll),
      topics: index % 4 === 1 ? ["sandbox", "made-up"] : [],
      stars: Math.floor(roll() ** 6 * 4000),
      defaultBranch: index % 8 === 0 ? "trunk" : "main",
      createdAt: hoursAgoShort(9000 + index * 20),
      updatedAt: hoursAgoShort(updated),
      pushedAt: hoursAgoShort(updated + 0.4),
    };
  });
});

function descriptionOf(index: number, roll: () => number): string | null {
  if (index % 5 === 2) return null;
  if (index % 16 === 6) return ODD_TITLES[index % ODD_TITLES.length] ?? null;
  return pick(PURPOSES, roll);
}

/** The issues a repository starts with. */
export function githubIssues(repository: Repository): readonly Issue[] {
  return many(repository.id % 5, (index) => ({
    number: index + 1,
    title: ODD_TITLES[(repository.id + index) % ODD_TITLES.length] ?? "Something is off",
    body: index % 2 === 0 ? "It happened **twice** today." : null,
    author: repository.owner,
    state: "open" as const,
    stateReason: null,
    labels: index % 2 === 1 ? ["bug"] : [],
    assignees: [],
    createdAt: hoursAgoShort(300 - index),
    updatedAt: hoursAgoShort(300 - index),
    closedAt: null,
  }));
}

/** What a repository begins with on its default branch, by path. */
export function githubFiles(repository: Repository): Readonly<Record<string, string>> {
  return {
    "README.md": `# ${repository.name}\n\n${repository.description ?? "No description."}\n`,
    LICENSE: "MIT License\n\nPermission is hereby granted, free of charge.\n",
    "docs/notes.md": "# Notes\n\nZażółć gęślą jaźń. 会议纪要 📝\n",
    "src/index.ts": `export const name = ${JSON.stringify(repository.name)};\n`,
    "src/lib/tide.ts": "export const high = (hour: number) => hour % 12 < 6;\n",
  };
}

/** The organizations that an account's repositories belong to. */
export function githubOrganizations(account: number): readonly string[] {
  return [
    ...new Set(
      githubRepositories(account).flatMap(({ owner, ownerType }) => (ownerType === "Organization" ? [owner] : [])),
    ),
  ].toSorted();
}

/** The number behind a login: an account's own where it is one of the people here. */
export function githubIdOf(login: string): number {
  const account = HOLDERS.findIndex((each) => each.login === login);
  return account === -1 ? fingerprint(login) % 10_000_000 : githubUser(account).id;
}
