import { decodeBase64IgnorePadding } from "@oslojs/encoding";
import * as z from "zod";
import { json, jsonBody } from "../http.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { withCells } from "./airtable-cells.ts";
import { AIRTABLE_CONTENT, airtableErrors as errors, failure } from "./airtable-http.ts";
import { findBase, findField, records, shownRecord, tables } from "./airtable-tables.ts";

/** https://airtable.com/developers/web/api/upload-attachment */
const LARGEST = 5 * 1024 * 1024;

const upload = z.object({ contentType: z.string(), file: z.base64(), filename: z.string() });
const attached = z.array(z.record(z.string(), z.unknown())).catch([]);

/** A file for a cell, which goes to a host of its own and names the row without its table. */
export const attachmentRoutes: readonly Route[] = [
  api("POST", AIRTABLE_CONTENT, "/v0/:base/:record/:field/uploadAttachment", ["data.records:write"], uploadAttachment),
];

function uploadAttachment(context: ApiContext): Response {
  const base = findBase(context, "edit");
  if (base instanceof Response) return base;
  for (const table of tables(context, base).list()) {
    const shelf = records(context, base, table);
    const before = shelf.find(context.params["record"] ?? "");
    if (before === undefined) continue;
    const field = findField(table, context.params["field"] ?? "");
    if (field?.type !== "multipleAttachments") {
      return failure(422, "INVALID_VALUE_FOR_COLUMN", "The field does not take attachments.");
    }
    const wanted = upload.safeParse(jsonBody(context.call));
    if (!wanted.success) return errors.badRequest(context.call, "The body needs contentType, file and filename.");
    const { contentType: type, filename } = wanted.data;
    const { length: size } = decodeBase64IgnorePadding(wanted.data.file);
    if (size > LARGEST) return failure(413, "REQUEST_TOO_LARGE", "The file is larger than 5 MB.");
    const id = `att${randomText(14)}`;
    const attachment = { id, url: `https://v5.airtableusercontent.com/v3/u/${id}`, filename, size, type };
    const cell = [...attached.parse(before.fields[field.name]), attachment];
    const after = { ...before, fields: withCells(before.fields, { [field.name]: cell }) };
    shelf.put(after);
    return json(shownRecord(table, { ...after, fields: { [field.name]: cell } }, true));
  }
  return errors.notFound(context.call);
}
