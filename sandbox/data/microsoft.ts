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

/** An entry of a OneDrive folder, as Graph writes it. */
export interface DriveItem {
  readonly id: string;
  readonly name: string;
  readonly webUrl: string;
  readonly size: number;
  readonly createdDateTime: string;
  readonly lastModifiedDateTime: string;
  readonly eTag: string;
  readonly folder?: { readonly childCount: number } | undefined;
  readonly file?: { readonly mimeType: string } | undefined;
  readonly lastModifiedBy?: { readonly user: { readonly displayName: string } } | undefined;
}

const ITEMS_PER_ACCOUNT = [335, 33, 0];
const KINDS = [
  { ending: ".docx", mimeType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
  { ending: ".xlsx", mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
  { ending: ".pdf", mimeType: "application/pdf" },
  { ending: ".heic", mimeType: "image/heic" },
] as const;
const TEAM_NAMES = [
  "Northwind all hands",
  "Design guild",
  "Q4 ✨ planning",
  "فريق الدعم",
  "Lunch",
  "日本チーム",
  "Archive of the old team",
];

/** The tenant of personal accounts, the same for all of them. */
const PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad";

/** Who an account is. The first has a photo; the last is a personal account, which Teams does not exist for. */
export function microsoftUser(account: number) {
  const { first, last, full, email } = holder(account);
  const isPersonal = account === 2;
  return {
    id: isPersonal ? idOf("microsoft/2", 16, "0123456789abcdef") : uuidOf(`microsoft/${account}`),
    tenant: isPersonal ? PERSONAL_TENANT : uuidOf(`tenant/${account}`),
    first,
    last,
    name: full,
    // Some work accounts have a sign-in name which is no mailbox.
    mail: account === 1 ? null : email,
    signIn: email,
    isPersonal,
    hasPhoto: account === 0,
  };
}

/** What lies in the root folder of an account's drive, in the order of names. */
export const microsoftItems = perAccount((account): readonly DriveItem[] => {
  const items = many(ITEMS_PER_ACCOUNT[account] ?? 0, (index) => {
    const seed = `onedrive/${account}/${index}`;
    const roll = dice(seed);
    const plain = `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)} ${index}`;
    const isFolder = index % 6 === 0;
    const kind = pick(KINDS, roll);
    const odd = (ODD_TITLES[Math.floor(index / 15) % ODD_TITLES.length] ?? "").replace(/[<>:"/\\|?*]/g, "").trim();
    const name = (index % 15 === 8 ? `${odd} ${index}` : plain) + (isFolder ? "" : kind.ending);
    const id = `01${idOf(seed, 32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;
    const modified = person("onedrive", index).full;
    return {
      id,
      name,
      webUrl: `https://northwind-my.sharepoint.com/personal/ada/Documents/${encodeURIComponent(name)}`,
      size: Math.floor(roll() * 40_000_000),
      createdDateTime: hoursAgoShort(7000 + index * 3),
      lastModifiedDateTime: hoursAgoShort(index * 10 + roll() * 9),
      eTag: `"{${uuidOf(seed).toUpperCase()}},${index % 7}"`,
      ...(isFolder ? { folder: { childCount: index % 13 } } : { file: { mimeType: kind.mimeType } }),
      ...(index % 10 === 9 ? {} : { lastModifiedBy: { user: { displayName: modified } } }),
    };
  });
  return items.toSorted((left, right) => inOrder(left.name, right.name));
});

/** The teams an account belongs to. */
export function microsoftTeams(account: number) {
  return TEAM_NAMES.slice(0, [7, 2, 0][account] ?? 0).map((displayName, index) => ({
    id: uuidOf(`team/${account}/${index}`),
    displayName,
    description: index % 3 === 2 ? null : `${displayName}: everything about it`,
    isArchived: index === 6,
    tenantId: microsoftUser(account).tenant,
  }));
}
