import * as z from "zod";
import type { ApiContext } from "../routes.ts";
import { findUpload, fileOf } from "./notion-files.ts";

const pictureSchema = z.union([
  z.object({ emoji: z.string() }).transform(({ emoji }) => ({ type: "emoji", emoji })),
  z.object({ external: z.object({ url: z.url() }) }).transform(({ external }) => ({ type: "external", external })),
  z.object({ file_upload: z.object({ id: z.string() }) }),
]);

/** An icon, a cover or an attached file: an emoji, an address, or what was uploaded before. */
export function toPicture(context: ApiContext, given: unknown): Record<string, unknown> | null | { problem: string } {
  if (given === null || given === undefined) return null;
  const wanted = pictureSchema.safeParse(given);
  if (!wanted.success) return { problem: "The icon, cover or file should be an emoji, external or file_upload." };
  if (!("file_upload" in wanted.data)) return wanted.data;
  const upload = findUpload(context, wanted.data.file_upload.id);
  if (upload?.status !== "uploaded") return { problem: "The file_upload is not one that was uploaded." };
  return fileOf(context, upload);
}
