import { slackUser } from "../data/slack.ts";
import { mapped } from "../http.ts";
import type { MethodContext } from "./slack-method.ts";
import type { SlackFile } from "./slack-state.ts";

export const FILES = "files.slack.com";

/** A file as Slack writes it. Its bytes are at another host, for whoever brings the token there. */
export function shownFile({ call, account }: MethodContext, file: SlackFile): object {
  const { teamId, url } = slackUser(account);
  const { id, name, title, mimetype, size, created, user, channels } = file;
  const path = `/files-pri/${teamId}-${id}`;
  const kind = name.includes(".") ? (name.split(".").at(-1) ?? "") : "text";
  return {
    id,
    created,
    timestamp: created,
    name,
    title,
    mimetype,
    filetype: kind,
    pretty_type: kind.toUpperCase(),
    user,
    user_team: teamId,
    editable: false,
    size,
    mode: "hosted",
    is_external: false,
    external_type: "",
    is_public: true,
    public_url_shared: false,
    display_as_bot: false,
    username: "",
    url_private: mapped(call, FILES, `${path}/${encodeURIComponent(name)}`),
    url_private_download: mapped(call, FILES, `${path}/download/${encodeURIComponent(name)}`),
    permalink: `${url}files/${user}/${id}/${encodeURIComponent(name)}`,
    permalink_public: `https://slack-files.com/${teamId}-${id}-0000000000`,
    has_rich_preview: false,
    file_access: "visible",
    channels,
    groups: [],
    ims: [],
    comments_count: 0,
  };
}
