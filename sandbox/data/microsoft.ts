import { holder } from "./people.ts";
import { idOf, uuidOf } from "./words.ts";

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
