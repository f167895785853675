import { microsoftTeams, microsoftUser } from "../data/microsoft.ts";
import { json, png } from "../http.ts";
import { picture } from "../png.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure, microsoftErrors } from "./microsoft-http.ts";
import { contextOf, entity, GRAPH } from "./microsoft-odata.ts";

const PROFILE = ["User.Read"];
const SIDE = 120;

/** The person, their photo, their teams. */
export const graphRoutes: readonly Route[] = [
  api("GET", GRAPH, "/v1.0/me", PROFILE, me),
  api("GET", GRAPH, "/v1.0/me/photo", PROFILE, (context) =>
    withPhoto(context, () =>
      entity(context, "users('me')/photo/$entity", {
        "@odata.mediaContentType": "image/png",
        "@odata.mediaEtag": '"BA09D118"',
        id: `${SIDE}x${SIDE}`,
        width: SIDE,
        height: SIDE,
      }),
    ),
  ),
  api("GET", GRAPH, "/v1.0/me/photo/$value", PROFILE, (context) => withPhoto(context, (id) => png(picture(id)))),
  api("GET", GRAPH, "/v1.0/me/photos/:size/$value", PROFILE, (context) => withPhoto(context, (id) => png(picture(id)))),
  api("GET", GRAPH, "/v1.0/me/joinedTeams", ["Team.ReadBasic.All"], teams),
];

/** https://learn.microsoft.com/en-us/graph/api/user-get */
function me(context: ApiContext): Response {
  const { id, name, first, last, mail, signIn } = microsoftUser(context.account);
  return entity(context, "users/$entity", {
    businessPhones: [],
    displayName: name,
    givenName: first,
    surname: last,
    jobTitle: context.account === 0 ? "Harbour master" : null,
    mail,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: context.account === 1 ? "zh-TW" : null,
    userPrincipalName: signIn,
    id,
  });
}

function withPhoto({ account, call }: ApiContext, handle: (id: string) => Response): Response {
  const { id, hasPhoto } = microsoftUser(account);
  return hasPhoto ? handle(id) : failure(404, "ImageNotFound", `No photo of ${call.path.split("/")[2] ?? "me"}.`);
}

/** Never paged, and without query options. https://learn.microsoft.com/en-us/graph/api/user-list-joinedteams */
function teams({ account, call }: ApiContext): Response {
  if (microsoftUser(account).isPersonal) return failure(403, "Forbidden", "Teams are not there for personal accounts.");
  if ([...call.query.keys()].some((name) => name.startsWith("$"))) {
    return microsoftErrors.badRequest(call, "Query options are not allowed here.");
  }
  const value = microsoftTeams(account);
  return json({ "@odata.context": contextOf(call, "teams"), "@odata.count": value.length, value });
}
