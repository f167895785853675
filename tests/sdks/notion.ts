import { Client, iteratePaginatedAPI } from "@notionhq/client";
import { sdks } from "latchkey-client/sdks";
import { notionPages, notionSources } from "../../sandbox/data/notion.ts";
import { AWKWARD, gather, type At, type Sdk } from "./sdk.ts";

// @notionhq/client, http://localhost:8787/proxy/notion
export const toNotion = ({ api, key }: Pick<At, "api" | "key">) => new Client(sdks.notion({ api, key }));

const page_id = notionPages(1)[0]?.id ?? "";
const data_source_id = notionSources(1)[0]?.id ?? "";
const rich_text = [{ text: { content: AWKWARD } }];

export const notion: Sdk = {
  name: "@notionhq/client",
  service: "notion",
  needsHttps: false,
  calls: (at) => {
    const client = toNotion(at);
    let made = "";
    let block_id = "";
    let file_upload_id = "";
    return {
      "reads who it is": () => client.users.me({}),
      "lists people": () => client.users.list({ page_size: 2 }),
      searches: () => client.search({ query: AWKWARD, page_size: 3, filter: { property: "object", value: "page" } }),
      "lists every page": () => gather(iteratePaginatedAPI(client.search, { page_size: 20 })),
      "reads a page": () => client.pages.retrieve({ page_id }),
      "reads a data source": () => client.dataSources.retrieve({ data_source_id }),
      "queries a data source": () => client.dataSources.query({ data_source_id, page_size: 5 }),
      "creates a page": async () => {
        const title = { title: [{ text: { content: AWKWARD } }] };
        made = (await client.pages.create({ parent: { page_id }, properties: { title } })).id;
      },
      "updates a page": () =>
        client.pages.update({ page_id: made, icon: { emoji: "🧭" }, properties: { title: { title: rich_text } } }),
      "appends blocks": async () => {
        const children = [{ paragraph: { rich_text } }, { to_do: { rich_text, checked: true } }];
        const { results } = await client.blocks.children.append({ block_id: made, children });
        block_id = results[0]?.id ?? "";
      },
      "lists blocks": () => client.blocks.children.list({ block_id: made, page_size: 1 }),
      "updates a block": () => client.blocks.update({ block_id, paragraph: { rich_text } }),
      "deletes a block": () => client.blocks.delete({ block_id }),
      "begins an upload": async () => {
        const upload = await client.fileUploads.create({ mode: "single_part", filename: "a b ü.txt" });
        file_upload_id = upload.id;
      },
      "uploads a file": () => {
        const data = new Blob([AWKWARD], { type: "text/plain" });
        return client.fileUploads.send({ file_upload_id, file: { filename: "a b ü.txt", data } });
      },
      comments: () => client.comments.create({ parent: { page_id: made }, rich_text }),
    };
  },
};
