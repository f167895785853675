/** What a workspace holds: what it has from the start, with everything that was written since. */
import * as z from "zod";
import {
  type Channel,
  channelSchema,
  type Message,
  messageSchema,
  slackChannels,
  slackMessages,
} from "../data/slack.ts";
import type { ApiContext } from "../routes.ts";
import type { Shelf } from "../shelf.ts";

type Place = Pick<ApiContext, "store" | "account">;

export const fileSchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  mimetype: z.string(),
  size: z.number(),
  created: z.number(),
  user: z.string(),
  channels: z.array(z.string()),
});
/** A file, before it is written as Slack writes it. */
export type SlackFile = z.infer<typeof fileSchema>;

const pinSchema = z.object({ ts: z.string(), created: z.number(), by: z.string() });
export const bookmarkSchema = z.object({
  id: z.string(),
  channel_id: z.string(),
  title: z.string(),
  link: z.string(),
  emoji: z.string(),
  date_created: z.number(),
  date_updated: z.number(),
});
const scheduledSchema = z.object({
  id: z.string(),
  channel_id: z.string(),
  post_at: z.number(),
  date_created: z.number(),
  text: z.string(),
});

const byId = ({ id }: { readonly id: string }) => id;
const byTime = ({ ts }: { readonly ts: string }) => ts;

export function channelsOf({ store, account }: Place): Shelf<Channel> {
  return store.shelf({ account, kind: "channel", schema: channelSchema, seeded: slackChannels(account), idOf: byId });
}

export function messagesOf({ store, account }: Place, channel: string): Shelf<Message> {
  const seeded = slackMessages(account, channel);
  return store.shelf({ account, kind: `message:${channel}`, schema: messageSchema, seeded, idOf: byTime });
}

export function filesOf({ store, account }: Place): Shelf<SlackFile> {
  return store.shelf({ account, kind: "file", schema: fileSchema, seeded: [], idOf: byId });
}

export function pinsOf({ store, account }: Place, channel: string): Shelf<z.infer<typeof pinSchema>> {
  return store.shelf({ account, kind: `pin:${channel}`, schema: pinSchema, seeded: [], idOf: byTime });
}

export function bookmarksOf({ store, account }: Place, channel: string): Shelf<z.infer<typeof bookmarkSchema>> {
  return store.shelf({ account, kind: `bookmark:${channel}`, schema: bookmarkSchema, seeded: [], idOf: byId });
}

export function scheduledOf({ store, account }: Place): Shelf<z.infer<typeof scheduledSchema>> {
  return store.shelf({ account, kind: "scheduled", schema: scheduledSchema, seeded: [], idOf: byId });
}
