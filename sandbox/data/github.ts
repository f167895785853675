import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgoShort, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

/** A repository, before links are added. */
export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly ownerType: "User" | "Organization";
  readonly name: string;
  readonly description: string | null;
  readonly private: boolean;
  readonly fork: boolean;
  readonly archived: boolean;
  readonly language: string | null;
  readonly stars: number;
  readonly defaultBranch: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly pushedAt: string;
}

/** An issue as it is stored. */
export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly author: string;
  readonly createdAt: string;
}

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
      private: index % 9 === 4,
      fork: index % 12 === 7,
      archived: index % 27 === 26,
      language: pick(LANGUAGES, roll),
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
    createdAt: hoursAgoShort(300 - index),
  }));
}
