import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, idOf, many, NOUNS, perAccount, pick, slug, TEAMS } from "./words.ts";

/** A channel, before it is written as Slack writes it. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  readonly members: number;
  readonly topic: string;
  readonly purpose: string;
  readonly created: number;
}

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
  const { full, login, email } = holder(account);
  const team = ["Northwind Labs", "Tidepool 潮池", "Łukasz & friends"][account] ?? "Workspace";
  return {
    userId: `U${idOf(`slack/${account}`, 10, CAPITALS)}`,
    teamId: `T${idOf(`slack/team/${account}`, 10, CAPITALS)}`,
    botUserId: `U${idOf(`slack/bot/${account}`, 10, CAPITALS)}`,
    teamName: team,
    url: `https://${slug(team)}.slack.com/`,
    login,
    name: full,
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
      members: index === 0 ? 214 : Math.floor(roll() ** 3 * 90) + (index % 40 === 30 ? 0 : 1),
      topic: pick(TOPICS, roll),
      purpose: index % 3 === 0 ? `Set up by ${person("slack", index).full}` : "",
      created: 1_600_000_000 + index * 86_400,
    };
  });
});
