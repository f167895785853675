import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgo, many, NOUNS, perAccount, pick, slug } from "./words.ts";

/** The kinds of CRM objects the sandbox has. */
export type CrmKind = "contacts" | "companies";

/** A CRM object with all of its properties. */
export interface CrmObject {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly archived: boolean;
}

const CONTACTS_PER_ACCOUNT = [318, 36, 0];
const COMPANIES_PER_ACCOUNT = [131, 12, 0];
const INDUSTRIES = ["LOGISTICS", "BOTANY", "PUBLISHING", "MARITIME", "RETAIL"] as const;
const FORMS = ["GmbH", "Ltd", "AB", "S.r.l.", "有限公司", "& Søn", "Co-op"] as const;

/** The portal (HubSpot's word for an account) behind an account. */
export function hubspotPortal(account: number) {
  const { first, last, email } = holder(account);
  const portalId = 48_120_301 + account * 1311;
  return { portalId, userId: 9_204_417 + account, domain: email.split("@")[1] ?? "", first, last, email };
}

const byKind = {
  contacts: perAccount((account) => makeObjects(account, "contacts")),
  companies: perAccount((account) => makeObjects(account, "companies")),
};

/** Contacts or companies, in the order of their ids. */
export function crmObjects(account: number, kind: CrmKind): readonly CrmObject[] {
  return byKind[kind](account);
}

function makeObjects(account: number, kind: CrmKind): readonly CrmObject[] {
  const counts = kind === "contacts" ? CONTACTS_PER_ACCOUNT : COMPANIES_PER_ACCOUNT;
  const count = counts[account] ?? 0;
  return many(count, (index) => {
    const id = String((kind === "contacts" ? 151 : 8_402_001) + index * 7 + account * 100_000);
    const createdAt = hoursAgo(9000 - index * 11);
    const updatedAt = hoursAgo((count - index) * 3);
    const own = kind === "contacts" ? contact(account, index) : company(account, index);
    const stamps = {
      createdate: createdAt,
      hs_lastmodifieddate: updatedAt,
      lastmodifieddate: updatedAt,
      hs_object_id: id,
    };
    return { id, properties: { ...own, ...stamps }, createdAt, updatedAt, archived: false };
  });
}

function contact(account: number, index: number): Record<string, string | null> {
  const { first, last, email } = person(`contact/${account}`, index);
  const isBare = index % 29 === 13; // an address from a form, and nothing else
  return {
    email: isBare ? `newsletter-${index}@example.org` : email,
    firstname: isBare ? null : first,
    lastname: isBare || last === "" ? null : last,
    phone: index % 3 === 0 ? `+49 30 5550${String(index).padStart(3, "0")}` : null,
    company: index % 4 === 0 ? companyName(account, index % 100) : null,
    lifecyclestage: index % 5 === 0 ? "customer" : "lead",
  };
}

function company(account: number, index: number): Record<string, string | null> {
  const name = companyName(account, index);
  return {
    name: index % 41 === 40 ? null : name,
    domain: index % 9 === 8 ? null : `${slug(name)}.example`,
    industry: INDUSTRIES[index % INDUSTRIES.length] ?? null,
    city: index % 3 === 0 ? "Kraków" : null,
  };
}

function companyName(account: number, index: number): string {
  const roll = dice(`company/${account}/${index}`);
  const words = `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`;
  return `${words.replace(/\b\w/g, (letter) => letter.toUpperCase())} ${pick(FORMS, roll)}`;
}
