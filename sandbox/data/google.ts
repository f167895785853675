import * as z from "zod";
import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgo, idOf, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

const userSchema = z.object({
  kind: z.literal("drive#user"),
  displayName: z.string(),
  me: z.boolean(),
  permissionId: z.string(),
  emailAddress: z.string().optional(),
});

/** What the sandbox keeps of a file in Drive; the rest of its fields follows from these. */
export const driveFileSchema = z.object({
  kind: z.literal("drive#file"),
  id: z.string(),
  name: z.string(),
  mimeType: z.string(),
  description: z.string().optional(),
  starred: z.boolean(),
  trashed: z.boolean(),
  /** What was shared by others lies in no folder of one's own. */
  parents: z.array(z.string()).optional(),
  version: z.string(),
  webViewLink: z.string(),
  createdTime: z.string(),
  modifiedTime: z.string(),
  /** What lies in a shared drive has no owner. */
  driveId: z.string().optional(),
  owners: z.array(userSchema).optional(),
  shared: z.boolean(),
  /** Documents of Google's own have no size. */
  size: z.string().optional(),
  md5Checksum: z.string().optional(),
  appProperties: z.record(z.string(), z.string()).optional(),
  properties: z.record(z.string(), z.string()).optional(),
});

/** A file in Drive. */
export type DriveFile = z.infer<typeof driveFileSchema>;

const FILES_PER_ACCOUNT = [348, 39, 0];
const GOOGLE = "application/vnd.google-apps";
const KINDS = [
  { mimeType: `${GOOGLE}.document`, ending: "", link: "https://docs.google.com/document/d" },
  { mimeType: `${GOOGLE}.spreadsheet`, ending: "", link: "https://docs.google.com/spreadsheets/d" },
  { mimeType: `${GOOGLE}.folder`, ending: "", link: "https://drive.google.com/drive/folders" },
  { mimeType: "application/pdf", ending: ".pdf", link: "https://drive.google.com/file/d" },
  { mimeType: "image/jpeg", ending: ".jpg", link: "https://drive.google.com/file/d" },
] as const;

/** Who an account is. The last has no picture. */
export function googleUser(account: number) {
  const { first, last, full, email } = holder(account);
  const sub = `1${idOf(`google/${account}`, 20, "0123456789")}`;
  return { sub, name: full, givenName: first, familyName: last, email, hasPicture: account !== 2 };
}

/** A person as Drive names them. */
export function driveUser(displayName: string, email: string | null, me: boolean): z.infer<typeof userSchema> {
  const permissionId = idOf(`permission/${email ?? displayName}`, 20, "0123456789");
  return { kind: "drive#user", displayName, me, permissionId, ...(email === null ? {} : { emailAddress: email }) };
}

/** The account's holder as Drive names them. */
export function driveOwner(account: number) {
  const { full, email } = holder(account);
  return driveUser(full, email, true);
}

/** The id of an account's own folder of all, which `root` is another name of. */
export const rootFolder = (account: number): string => `0A${idOf(`root/${account}`, 14)}PVA`;

/** The one drive that an account shares with others. */
export const sharedDrive = (account: number) => ({
  kind: "drive#drive" as const,
  id: `0A${idOf(`shared/${account}`, 14)}PVA`,
  name: "Harbour office",
});

/** The files of an account, last changed first, those of its shared drive among them. */
export const driveFiles = perAccount((account): readonly DriveFile[] => {
  let folder = rootFolder(account);
  return many(FILES_PER_ACCOUNT[account] ?? 0, (index) => {
    const seed = `drive/${account}/${index}`;
    const roll = dice(seed);
    const id = idOf(seed, 33);
    const { mimeType, ending, link } = pick(KINDS, roll);
    const plain = `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`;
    const name = index % 14 === 5 ? (ODD_TITLES[Math.floor(index / 14) % ODD_TITLES.length] ?? plain) : plain;
    const isFolder = mimeType.endsWith("folder");
    const friend = index % 5 === 4 ? person("drive", index) : undefined;
    const isInDrive = index % 18 === 11;
    const parent = isInDrive ? sharedDrive(account).id : index % 4 === 1 ? folder : rootFolder(account);
    const modifiedTime = hoursAgo(index * 9 + roll() * 8);
    if (isFolder && !isInDrive && friend === undefined && parent === rootFolder(account)) folder = id;
    return {
      kind: "drive#file" as const,
      id,
      name: name + ending,
      mimeType,
      webViewLink: isFolder ? `${link}/${id}` : `${link}/${id}/edit?usp=drivesdk`,
      createdTime: hoursAgo(5000 + index * 4),
      modifiedTime,
      ...(mimeType.startsWith(GOOGLE) ? {} : { size: String(Math.floor(roll() * 9_000_000)) }),
      starred: index % 12 === 3,
      trashed: false,
      version: String(1 + (index % 23)),
      shared: friend !== undefined,
      ...(friend === undefined || isInDrive ? { parents: [parent] } : {}),
      ...(isInDrive
        ? { driveId: parent }
        : { owners: [friend === undefined ? driveOwner(account) : driveUser(friend.full, friend.email, false)] }),
    };
  });
});
