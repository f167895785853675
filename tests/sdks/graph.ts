import {
  BatchRequestContent,
  Client,
  LargeFileUploadTask,
  FileUpload,
  PageIterator,
  ResponseType,
  type PageCollection,
} from "@microsoft/microsoft-graph-client";
import { sdks } from "latchkey-client/sdks";
import { microsoftItems } from "../../sandbox/data/microsoft-drive.ts";
import { AWKWARD, type At, type Sdk } from "./sdk.ts";
import * as z from "zod";

// @microsoft/microsoft-graph-client, https://localhost:8787/proxy/microsoft
export const toGraph = (at: Pick<At, "api" | "key">) => Client.init(sdks.graph(at));

const Made = z.object({ id: z.string() });
const file = microsoftItems(1).find(({ mimeType }) => mimeType !== null)?.id ?? "";

export const graph: Sdk = {
  name: "@microsoft/microsoft-graph-client",
  service: "microsoft",
  needsHttps: true,
  calls: (at) => {
    const client = toGraph(at);
    let folder = "";
    return {
      "reads who it is": () => client.api("/me").select("id,displayName").get(),
      "lists a page": () => client.api("/me/drive/root/children").top(2).orderby("name").get(),
      "lists every page": async () => {
        const first: PageCollection = await client.api("/me/drive/root/children").top(20).get();
        await new PageIterator(client, first, () => true).iterate();
      },
      "reads an item": () => client.api(`/me/drive/items/${file}`).get(),
      "creates a folder": async () => {
        const name = "a b ü 100%25 + q";
        folder = Made.parse(await client.api("/me/drive/root/children").post({ name, folder: {} })).id;
      },
      "writes a small file by its path": () =>
        client.api("/me/drive/root:/a b ü.txt:/content").header("Content-Type", "text/plain").put(AWKWARD),
      "reads a file by its path": () => client.api("/me/drive/root:/a b ü.txt:").get(),
      "downloads a file": () =>
        client.api("/me/drive/root:/a b ü.txt:/content").responseType(ResponseType.ARRAYBUFFER).get(),
      "updates an item": () => client.api(`/me/drive/items/${folder}`).patch({ name: "a b ü renamed" }),
      searches: () => client.api("/me/drive/root/search(q='a b')").get(),
      "asks for what has changed": () => client.api("/me/drive/root/delta").get(),
      "makes a batch": async () => {
        const requests = ["/me", `/me/drive/items/${file}`].map((url, index) => ({
          id: String(index),
          // Of an address the SDK takes what stands behind its host.
          request: new Request(`https://graph.microsoft.com${url}`, { method: "GET" }),
        }));
        return client.api("/$batch").post(await new BatchRequestContent(requests).getContent());
      },
      "uploads a large file in a session": async () => {
        const session = await LargeFileUploadTask.createUploadSession(
          client,
          "/me/drive/root:/large ü.bin:/createUploadSession",
          {
            item: { "@microsoft.graph.conflictBehavior": "rename" },
          },
        );
        const upload = new FileUpload(Buffer.alloc(400 * 1024, 7), "large ü.bin", 400 * 1024);
        return new LargeFileUploadTask(client, upload, session, { rangeSize: 320 * 1024 }).upload();
      },
      "deletes an item": () => client.api(`/me/drive/items/${folder}`).delete(),
    };
  },
};
