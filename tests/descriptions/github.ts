import type { Description } from "./description.ts";
import extract from "./extracts/github.json" with { type: "json" };
import { openApi } from "./openapi.ts";

export const github: Description = {
  service: "github",
  checker: openApi(extract),
  calls: [{ route: "GET /user/emails" }],
  described: 1,
  product: ["GET /user", "GET /user/emails", "GET /user/repos", "DELETE /applications/{client_id}/token"],
  settings: { token_rotation: true },
  undescribed: {
    "GET api.github.com/user": "not whole",
    "GET api.github.com/user/repos": "not whole",
    "GET api.github.com/repos/{}/{}": "not whole",
    "GET api.github.com/repos/{}/{}/issues": "not whole",
    "POST api.github.com/repos/{}/{}/issues": "not whole",
    "POST github.com/login/oauth/access_token": "OAuth is not part of GitHub's description of its REST API",
    "GET github.com/.well-known/oauth-authorization-server/login/oauth": "nor is its metadata",
    "GET avatars.githubusercontent.com/u/{}": "pictures are not",
    "DELETE api.github.com/applications/{}/token": "takes the app's secret, which no caller of the proxy has",
    "DELETE api.github.com/applications/{}/grant": "the same",
    "POST api.github.com/applications/{}/token": "the same",
  },
};
