import * as z from "zod";
import { holder, person } from "./people.ts";
import {
  ADJECTIVES,
  dice,
  hoursAgoShort,
  idOf,
  inOrder,
  many,
  NOUNS,
  ODD_TITLES,
  perAccount,
  pick,
  uuidOf,
} from "./words.ts";

/** What the sandbox keeps of a file or folder in OneDrive; the rest of its fields follows from these. */
export const driveItemSchema = z.object({
  id: z.string(),
  /** The id of the folder that it lies in. */
  parent: z.string(),
  name: z.string(),
  size: z.number(),
  /** Null for a folder. */
  mimeType: z.string().nullable(),
  createdDateTime: z.string(),
  lastModifiedDateTime: z.string(),
  /** Counts the changes: what eTags are made of. */
  version: z.number(),
  /** Who changed it last, where that is known. */
  modifiedBy: z.string().nullable(),
  description: z.string().exactOptional(),
});

/** A file or folder in OneDrive. */
export type DriveItem = z.infer<typeof driveItemSchema>;

const ITEMS_PER_ACCOUNT = [335, 33, 0];
const KINDS = [
  { ending: ".docx", mimeType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
  { ending: ".xlsx", mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
  { ending: ".pdf", mimeType: "application/pdf" },
  { ending: ".heic", mimeType: "image/heic" },
] as const;

const itemId = (seed: string): string => `01${idOf(seed, 32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;

/** The id of the folder of all, which `root` is another name of. */
export const rootId = (account: number): string => itemId(`root/${account}`);

/** The drive of an account: one of its own, or one of its work. */
export function microsoftDrive(account: number) {
  const driveType = account === 2 ? ("personal" as const) : ("business" as const);
  const id = account === 2 ? idOf("drive/2", 16, "0123456789abcdef") : `b!${idOf(`drive/${account}`, 64)}`;
  return { id, driveType, siteId: uuidOf(`site/${account}`), owner: holder(account).full };
}

/** What lies in the folder of all, in the order of names. */
export const microsoftItems = perAccount((account): readonly DriveItem[] =>
  many(ITEMS_PER_ACCOUNT[account] ?? 0, (index) => {
    const seed = `onedrive/${account}/${index}`;
    const roll = dice(seed);
    const plain = `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)} ${index}`;
    const isFolder = index % 6 === 0;
    const kind = pick(KINDS, roll);
    const odd = (ODD_TITLES[Math.floor(index / 15) % ODD_TITLES.length] ?? "").replace(/[<>:"/\\|?*]/g, "").trim();
    return {
      id: itemId(seed),
      parent: rootId(account),
      name: (index % 15 === 8 ? `${odd} ${index}` : plain) + (isFolder ? "" : kind.ending),
      size: Math.floor(roll() * 40_000_000),
      mimeType: isFolder ? null : kind.mimeType,
      createdDateTime: hoursAgoShort(7000 + index * 3),
      lastModifiedDateTime: hoursAgoShort(index * 10 + roll() * 9),
      version: 1 + (index % 7),
      modifiedBy: index % 10 === 9 ? null : person("onedrive", index).full,
    };
  }).toSorted((left, right) => inOrder(left.name, right.name)),
);

/** Everything in the drive: the folders too have something in them, most of them. */
export const wholeDrive = perAccount((account): readonly DriveItem[] => {
  const top = microsoftItems(account);
  const folders = top.filter(({ mimeType }) => mimeType === null);
  const inside = folders.flatMap(({ id, name, createdDateTime, lastModifiedDateTime, modifiedBy }, folder) =>
    many(folder % 5, (index) => ({
      id: itemId(`${id}/${index}`),
      parent: id,
      name: `${name} ${index + 1}.pdf`,
      size: 1000 + folder * 97 + index,
      mimeType: "application/pdf",
      createdDateTime,
      lastModifiedDateTime,
      version: 1,
      modifiedBy,
    })),
  );
  return [...top, ...inside];
});
