import * as z from "zod";
import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, idOf, many, NOUNS, perAccount, pick, slug, TEAMS } from "./words.ts";

export const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  isPrivate: z.boolean(),
  isArchived: z.boolean(),
  isMember: z.boolean(),
  /** How many; who is written since stands in `invited`. */
  members: z.number(),
  invited: z.array(z.string()),
  topic: z.string(),
  purpose: z.string(),
  /** Seconds. */
  created: z.number(),
  /** Milliseconds, unlike `created`. */
  updated: z.number(),
  /** Who a direct message is with; null for a channel. */
  im: z.string().nullable(),
});
/** A channel, before it is written as Slack writes it. */
export type Channel = z.infer<typeof channelSchema>;

export const messageSchema = z.object({
  ts: z.string(),
  user: z.string(),
  text: z.string(),
  thread_ts: z.string().nullable(),
  edited: z.string().nullable(),
  blocks: z.array(z.unknown()).nullable(),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })),
  files: z.array(z.string()),
  /** Whether the app wrote it, in whoever's name. */
  byApp: z.boolean(),
});
/** A message, before it is written as Slack writes it. */
export type Message = z.infer<typeof messageSchema>;

const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const CHANNELS_PER_ACCOUNT = [392, 52, 0];
const TOPICS = [
  "",
  "",
  "Ask here first 🙋",
  "قناة الفريق",
  "Lunch is at 12:30 <https://example.com|menu>",
  "発表の準備",
] as const;

/** The workspace and the person behind an account. */
export function slackUser(account: number) {
  const { full, first, last, login, email } = holder(account);
  const team = ["Northwind Labs", "Tidepool 潮池", "Łukasz & friends"][account] ?? "Workspace";
  return {
    userId: `U${idOf(`slack/${account}`, 10, CAPITALS)}`,
    teamId: `T${idOf(`slack/team/${account}`, 10, CAPITALS)}`,
    botUserId: `U${idOf(`slack/bot/${account}`, 10, CAPITALS)}`,
    teamName: team,
    url: `https://${slug(team)}.slack.com/`,
    login,
    name: full,
    first,
    last,
    email,
    hasImage: account !== 2,
  };
}

/** The channels of a workspace. */
export const slackChannels = perAccount((account): readonly Channel[] => {
  return many(CHANNELS_PER_ACCOUNT[account] ?? 0, (index) => {
    const roll = dice(`channel/${account}/${index}`);
    const plain =
      index < 3
        ? (["general", "random", "小雨的频道"][index] ?? "")
        : `${pick(TEAMS, roll)}-${pick(ADJECTIVES, roll)}-${pick(NOUNS, roll)}-${index}`;
    return {
      id: `C${idOf(`channel/${account}/${index}`, 10, CAPITALS)}`,
      name: plain,
      isPrivate: index % 8 === 5,
      isArchived: index % 14 === 9,
      isMember: true,
      invited: [],
      im: null,
      updated: 1_600_000_000_000 + index * 86_400_000 + 3_600_123,
      members: index === 0 ? 214 : Math.floor(roll() ** 3 * 90) + (index % 40 === 30 ? 0 : 1),
      topic: pick(TOPICS, roll),
      purpose: index % 3 === 0 ? `Set up by ${person("slack", index).full}` : "",
      created: 1_600_000_000 + index * 86_400,
    };
  });
});

/** A person of a workspace, besides the one who is signed in. */
export interface Colleague {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly first: string;
  readonly last: string;
  readonly email: string | null;
  readonly isDeleted: boolean;
}

const COLLEAGUES_PER_ACCOUNT = [57, 8, 0];

/** Everyone else of a workspace; some have left it. */
export const slackColleagues = perAccount((account): readonly Colleague[] => {
  return many(COLLEAGUES_PER_ACCOUNT[account] ?? 0, (index) => {
    const { full, first, last, email } = person(`slack/${account}`, index);
    const login = slug(full) === "" ? `person${index}` : `${slug(full)}${index}`;
    const id = `U${idOf(`slack/${account}/person/${index}`, 10, CAPITALS)}`;
    return { id, login, name: full, first, last, email, isDeleted: index % 13 === 6 };
  });
});

const SAID = [
  "Good morning ☀️",
  "Done, see <https://example.com/report|the report>",
  "هل رأى أحد هذا؟",
  "<@U0NOBODY00> can you look at this & that?",
  "1 &lt; 2",
  "了解です 👍",
  "Shipping on *Friday*",
] as const;
const FIRST_MESSAGE = 1_790_000_000;

/** What was said in a channel before, oldest first: every fifth message is a reply to the one before it. */
export function slackMessages(account: number, channel: string): readonly Message[] {
  const known = SEEDED.get(channel);
  if (known !== undefined) return known;
  const made = madeMessages(account, channel);
  SEEDED.set(channel, made);
  return made;
}

const SEEDED = new Map<string, readonly Message[]>();

function madeMessages(account: number, channel: string): readonly Message[] {
  const at = slackChannels(account).findIndex(({ id }) => id === channel);
  const people = slackColleagues(account);
  if (at < 0 || people.length === 0) return [];
  const timeOf = (index: number) => `${FIRST_MESSAGE + at * 1000 + index * 60}.${String(100_000 + index * 7)}`;
  return many(at === 0 ? 260 : at % 9, (index) => ({
    ts: timeOf(index),
    user: people[(at + index) % people.length]?.id ?? "",
    text: SAID[(at + index) % SAID.length] ?? "",
    thread_ts: index % 5 === 4 ? timeOf(index - 1) : null,
    edited: null,
    blocks: null,
    reactions: index % 6 === 2 ? [{ name: "thumbsup", users: [people[index % people.length]?.id ?? ""] }] : [],
    files: [],
    byApp: false,
  }));
}
