import { WebClient } from "@slack/web-api";
import { sdks } from "latchkey-client/sdks";
import { slackChannels, slackUser } from "../../sandbox/data/slack.ts";
import { AWKWARD, gather, type At, type Sdk } from "./sdk.ts";

// @slack/web-api, http://localhost:8787/proxy/slack
export function toSlack(at: Pick<At, "api" | "key">): WebClient {
  const { token, options } = sdks.slack(at);
  return new WebClient(token, options);
}

const channel = slackChannels(1).find(({ isArchived, isPrivate }) => !isArchived && !isPrivate)?.id ?? "";

export const slack: Sdk = {
  name: "@slack/web-api",
  service: "slack",
  needsHttps: false,
  calls: (at) => {
    const client = toSlack(at);
    let ts = "";
    return {
      "reads who it is": () => client.auth.test(),
      "reads a person": () => client.users.info({ user: slackUser(1).userId }),
      "reads the workspace": () => client.team.info(),
      "lists a page": () => client.conversations.list({ limit: 2, types: "public_channel" }),
      "lists every page": () => gather(client.paginate("conversations.list", { limit: 20 })),
      "reads a channel": () => client.conversations.info({ channel }),
      "posts a message": async () => {
        const text = `${AWKWARD} <https://example.com/?a=1&b=2|link>`;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Slack's method, not the window's
        ts = (await client.chat.postMessage({ channel, text })).ts ?? "";
      },
      "posts blocks": () => {
        const blocks = [{ type: "section", text: { type: "mrkdwn", text: `*${AWKWARD}*` } }];
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Slack's method, not the window's
        return client.chat.postMessage({ channel, text: "a & b", blocks, thread_ts: ts });
      },
      "updates a message": () => client.chat.update({ channel, ts, text: `${AWKWARD}!` }),
      "reads the history": () => client.conversations.history({ channel, limit: 3 }),
      "reads a thread": () => client.conversations.replies({ channel, ts }),
      "adds a reaction": () => client.reactions.add({ channel, timestamp: ts, name: "thumbsup" }),
      "uploads a file": () =>
        client.filesUploadV2({ channel_id: channel, filename: "a b ü.txt", content: AWKWARD, title: AWKWARD }),
      "deletes a message": () => client.chat.delete({ channel, ts }),
      "lists people": () => client.users.list({ limit: 2 }),
    };
  },
};
