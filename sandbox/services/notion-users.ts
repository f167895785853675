import { notionWorkspace } from "../data/notion.ts";
import { person as stranger } from "../data/people.ts";
import { many, uuidOf } from "../data/words.ts";
import { type Call, json, mapped, png } from "../http.ts";
import { picture } from "../png.ts";
import { api, type ApiContext, open, type Route } from "../routes.ts";
import { fromQuery, isSame, listed, NOTION_API as API, notionErrors as errors } from "./notion-http.ts";

const PICTURES = "s3-us-west-2.amazonaws.com";
const COLLEAGUES = [6, 2, 0];

/** The people of the workspace and the connection's bot: https://developers.notion.com/reference/user */
export const userRoutes: readonly Route[] = [
  open("GET", PICTURES, "/public.notion-static.com/:id", ({ params }) => png(picture(params["id"] ?? ""))),
  api("GET", API, "/v1/users/me", [], (context) => json({ ...bot(context), request_id: crypto.randomUUID() })),
  api("GET", API, "/v1/users", [], (context) =>
    listed(context, "user", users(context), fromQuery(context.call), (user) => user),
  ),
  api("GET", API, "/v1/users/:id", [], (context) => {
    const found = users(context).find(({ id }) => isSame(id, context.params["id"]));
    return found === undefined ? errors.notFound(context.call) : json({ ...found, request_id: crypto.randomUUID() });
  }),
];

/** The person behind an account. */
export function person(call: Call, account: number) {
  const { userId, name, email, hasAvatar } = notionWorkspace(account);
  const avatar = hasAvatar ? mapped(call, PICTURES, `/public.notion-static.com/${userId}.png`) : null;
  return { object: "user", id: userId, name, avatar_url: avatar, type: "person", person: { email } };
}

function bot({ call, account }: ApiContext) {
  const { botId, workspaceName, workspaceId } = notionWorkspace(account);
  const about = {
    owner: { type: "user", user: person(call, account) },
    workspace_id: workspaceId,
    workspace_name: workspaceName,
    workspace_limits: { max_file_upload_size_in_bytes: 5_242_880 },
  };
  return { object: "user", id: botId, name: "Latchkey", avatar_url: null, type: "bot", bot: about };
}

function users(context: ApiContext) {
  const { call, account } = context;
  const colleagues = many(COLLEAGUES[account] ?? 0, (index) => {
    const { full, email } = stranger(`notion-user/${account}`, index);
    const id = uuidOf(`colleague/${account}/${index}`);
    const details = { type: "person", person: email === null ? {} : { email } };
    return { object: "user", id, name: full, avatar_url: null, ...details };
  });
  return [person(call, account), ...colleagues, bot(context)];
}
