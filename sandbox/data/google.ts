import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgo, idOf, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

/** A file in Drive, with every field the sandbox has. */
export interface DriveFile {
  readonly kind: "drive#file";
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly webViewLink: string;
  readonly createdTime: string;
  readonly modifiedTime: string;
  /** Documents of Google's own have no size. */
  readonly size?: string | undefined;
  readonly starred: boolean;
  readonly trashed: boolean;
  readonly shared: boolean;
  readonly owners?:
    | { readonly kind: "drive#user"; readonly displayName: string; readonly emailAddress?: string | undefined }[]
    | undefined;
}

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

/** The files of an account, last changed first. */
export const driveFiles = perAccount((account): readonly DriveFile[] => {
  return many(FILES_PER_ACCOUNT[account] ?? 0, (index) => {
    const seed = `drive/${account}/${index}`;
    const roll = dice(seed);
    const id = idOf(seed, 33);
    const { mimeType, ending, link } = pick(KINDS, roll);
    const plain = `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`;
    const name = index % 14 === 5 ? (ODD_TITLES[Math.floor(index / 14) % ODD_TITLES.length] ?? plain) : plain;
    const isFolder = mimeType.endsWith("folder");
    const friend = index % 5 === 4 ? person("drive", index) : undefined;
    const owner = {
      displayName: friend?.full ?? holder(account).full,
      email: friend === undefined ? holder(account).email : friend.email,
    };
    return {
      kind: "drive#file" as const,
      id,
      name: name + ending,
      mimeType,
      webViewLink: isFolder ? `${link}/${id}` : `${link}/${id}/edit?usp=drivesdk`,
      createdTime: hoursAgo(5000 + index * 4),
      modifiedTime: hoursAgo(index * 9 + roll() * 8),
      ...(mimeType.startsWith(GOOGLE) ? {} : { size: String(Math.floor(roll() * 9_000_000)) }),
      starred: index % 12 === 3,
      trashed: false,
      shared: friend !== undefined,
      // What lies in a shared drive has no owner.
      ...(index % 18 === 11
        ? {}
        : {
            owners: [
              { kind: "drive#user" as const, displayName: owner.displayName, emailAddress: owner.email ?? undefined },
            ],
          }),
    };
  });
});
