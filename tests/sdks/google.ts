import { Readable } from "node:stream";
import { google as googleapis } from "googleapis";
import { sdks } from "latchkey-client/sdks";
import { driveFiles } from "../../sandbox/data/google.ts";
import { AWKWARD, type At, type Sdk } from "./sdk.ts";

// googleapis, http://localhost:8787/proxy/google
export function toDrive(proxied: Pick<At, "api" | "key">) {
  const options = sdks.google(proxied);
  const auth = new googleapis.auth.OAuth2(options.auth);
  // `rootUrl` goes with every call, as its second argument: set once for the client it would lose its path.
  return { auth, drive: googleapis.drive({ version: "v3", auth }), at: options.call };
}

const fileId = driveFiles(1)[0]?.id ?? "";

export const google: Sdk = {
  name: "googleapis",
  service: "google",
  needsHttps: false,
  calls: ({ api, key }) => {
    const { auth, drive: client, at } = toDrive({ api, key });
    const { userinfo } = googleapis.oauth2({ version: "v2", auth });
    let made = "";
    let folder = "";
    return {
      "reads who it is": () => userinfo.get({}, at),
      "reads about the drive": () => client.about.get({ fields: "user,storageQuota" }, at),
      "lists a page": () => client.files.list({ pageSize: 2, fields: "nextPageToken,files(id,name)" }, at),
      searches: () => client.files.list({ q: "name contains 'a b' and trashed = false", orderBy: "name" }, at),
      "reads a file": () => client.files.get({ fileId, fields: "id,name,parents" }, at),
      "creates a folder": async () => {
        const mimeType = "application/vnd.google-apps.folder";
        const { data } = await client.files.create({ requestBody: { name: AWKWARD, mimeType } }, at);
        folder = data.id ?? "";
      },
      uploads: async () => {
        const requestBody = { name: AWKWARD, mimeType: "text/plain", parents: [folder] };
        const media = { mimeType: "text/plain", body: "bytes ✓\n".repeat(1000) };
        const { data } = await client.files.create({ requestBody, media, fields: "id,name,size" }, at);
        made = data.id ?? "";
      },
      "uploads a stream": () =>
        client.files.create({ requestBody: { name: "s" }, media: { body: Readable.from(["a", "✓", "b"]) } }, at),
      "replaces the bytes": () =>
        client.files.update({ fileId: made, media: { mimeType: "text/plain", body: "other ü" } }, at),
      "updates a file": () => client.files.update({ fileId: made, requestBody: { description: AWKWARD } }, at),
      "downloads a file": () =>
        client.files.get({ fileId: made, alt: "media" }, { ...at, responseType: "arraybuffer" }),
      "copies a file": () => client.files.copy({ fileId: made, requestBody: { name: `${AWKWARD} 2` } }, at),
      "deletes a file": () => client.files.delete({ fileId: made }, at),
      "lists shared drives": () => client.drives.list({ pageSize: 1 }, at),
    };
  },
};
