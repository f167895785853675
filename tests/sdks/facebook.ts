import { FacebookAdsApi, FacebookAdsApiBatch, Page, User } from "facebook-nodejs-business-sdk";
import { sdks } from "latchkey-client/sdks";
import { facebookPages } from "../../sandbox/data/facebook.ts";
import type { At, Sdk } from "./sdk.ts";

// facebook-nodejs-business-sdk, http://localhost:8787/proxy/facebook: its address is a constant, which is made another one.
export function toFacebook(at: Pick<At, "api" | "key">): FacebookAdsApi {
  const { GRAPH, token } = sdks.facebook(at);
  Object.defineProperty(FacebookAdsApi, "GRAPH", { configurable: true, get: () => GRAPH });
  // Without its reports of crashes, which would go to Facebook itself.
  return FacebookAdsApi.init(token, "en_US", false);
}

const pageId = facebookPages(1)[0]?.id ?? "";

export const facebook: Sdk = {
  name: "facebook-nodejs-business-sdk",
  service: "facebook",
  needsHttps: false,
  calls: (at) => {
    const client = toFacebook(at);
    const me = new User("me", {}, null, client);
    const page = new Page(pageId, {}, null, client);
    return {
      "reads who it is": () => new User("me", {}, null, client).get(["id", "name", "picture.width(200){url}"]),
      "lists a page": async () => me.getAccounts(["id", "name"], { limit: 2 }),
      "lists every page": async () => {
        const cursor = await me.getAccounts(["id", "name"], { limit: 4 });
        while (cursor.hasNext()) await cursor.next();
      },
      "goes back": async () => {
        const cursor = await me.getAccounts(["id"], { limit: 3 });
        if (cursor.hasNext()) await cursor.next();
        if (cursor.hasPrevious()) await cursor.previous();
      },
      "reads a page": () => page.get(["id", "name", "category"]),
      "reads a page's own token": () => client.call("GET", [pageId], { fields: "id,access_token" }),
      "reads a feed": async () => page.getFeed(["id", "message"], { limit: 2 }),
      "reads posts": async () => page.getPosts(["id", "message"], { limit: 2 }),
      "reads photos": async () => page.getPhotos(["id"], { limit: 2 }),
      "makes a batch": async () => {
        const batch = new FacebookAdsApiBatch(client);
        batch.add("GET", "me", { fields: "id,name" });
        batch.add("GET", pageId, { fields: "id,name" });
        await batch.execute();
      },
      "reads several at once": () => client.call("GET", [""], { ids: `me,${pageId}`, fields: "id,name" }),
    };
  },
};
