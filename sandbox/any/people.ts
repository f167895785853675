/** Who has an account at a played service: what they were given to type, and who can consent. */
import { HOLDERS } from "../data/people.ts";
import type { Grant, Question, Store } from "../store.ts";
import { detailsOf, type Entry, type Played, put } from "./entry.ts";
import type { Values } from "./templates.ts";

/** Marks a grant as something that is typed. No field has such a name. */
const TYPED = "@typed";

const questionOf = (params: Record<string, string>, scopes: readonly string[] = []): Question => ({
  redirect_uri: "",
  state: "",
  challenge: null,
  parts: [{ name: "main", scopes: [...scopes] }],
  params,
});

/** Has the service take these values of its fields from now on. @returns the grant that they are */
export const issueTyped = (store: Store, { entry }: Played, typed: Values, account: number, now: number): string =>
  store.addGrant(account, questionOf({ ...typed, [TYPED]: "yes" }, entry.scopes), now);

/** What was given out to be typed, over or not; where nothing was, the examples of the fields are what works. */
export function typedSets(store: Store, played: Played, now: number): Grant[] {
  const sets = store.grants().filter(({ params }) => params[TYPED] !== undefined);
  if (sets.length > 0 || played.entry.fields === undefined) return sets;
  issueTyped(store, played, examplesOf(played.entry), 0, now);
  return store.grants().filter(({ params }) => params[TYPED] !== undefined);
}

const examplesOf = ({ fields = {} }: Entry): Values =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, { example, default: unsaid, choices, optional }]) => {
      const value = example ?? unsaid ?? choices?.[0];
      return value === undefined || optional === true ? [] : [[name, value]];
    }),
  );

/** Everything that may stand in a template about one grant. */
export function valuesOf(played: Played, store: Store, grant: Grant | undefined, now: number): Values {
  const { entry } = played;
  const [first] = typedSets(store, played, now);
  const { [TYPED]: _, ...typed } = { ...first?.params, ...grant?.params };
  return { client_id: entry.client_id ?? "", ...typed, ...(grant && detailsOf(played, grant.account)) };
}

/** The account as the service's own request tells of it. */
export function accountOf({ entry }: Played, account: number): Record<string, unknown> {
  const { userinfo_id, verify } = entry;
  const { id = userinfo_id ?? "id", name = "name", email = "email", avatar_url, url } = verify?.account ?? {};
  const holder = HOLDERS[account] ?? HOLDERS[0];
  const page = `https://people.any.example.com/${holder.login}`;
  const answer: Record<string, unknown> = {};
  put(answer, id, `account-${account}`);
  put(answer, name, holder.full);
  put(answer, email, holder.email);
  put(answer, avatar_url ?? "avatar_url", `${page}.png`);
  return put(answer, url ?? "html_url", page);
}
