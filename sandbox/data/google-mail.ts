import { encodeBase64 } from "@oslojs/encoding";
import * as z from "zod";
import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgo, idOf, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

/** A message as the sandbox keeps it: what it is filed under, and the message itself (RFC 5322). */
export const mailSchema = z.object({
  id: z.string(),
  threadId: z.string(),
  labelIds: z.array(z.string()),
  /** Milliseconds, as Gmail writes them. */
  internalDate: z.string(),
  historyId: z.string(),
  raw: z.string(),
});

/** A message of a mailbox. */
export type Mail = z.infer<typeof mailSchema>;

const MESSAGES_PER_ACCOUNT = [137, 9, 0];

/** A header value that may hold anything, made of ASCII alone (RFC 2047). */
export function encodedWord(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${encodeBase64(new TextEncoder().encode(text))}?=`;
}

/** What lies in an account's mailbox, newest first. */
export const gmailMessages = perAccount((account): readonly Mail[] =>
  many(MESSAGES_PER_ACCOUNT[account] ?? 0, (index) => {
    const seed = `gmail/${account}/${index}`;
    const roll = dice(seed);
    const { full, email } = person("gmail", index);
    const odd = index % 9 === 4 ? ODD_TITLES[Math.floor(index / 9) % ODD_TITLES.length] : undefined;
    const plain = `The ${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`;
    const date = new Date(hoursAgo(index * 7 + roll() * 5));
    const raw = [
      `From: ${encodedWord(full)} <${email ?? "no-reply@example.com"}>`,
      `To: ${encodedWord(holder(account).full)} <${holder(account).email}>`,
      `Subject: ${encodedWord(odd ?? plain)}`,
      `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
      `Message-ID: <${idOf(seed, 24)}@mail.example.com>`,
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "",
      `Hello ${holder(account).first},\r\n\r\n${odd ?? plain} is ready. Have a look when you can.\r\n\r\n${full}\r\n`,
    ].join("\r\n");
    return {
      id: idOf(seed, 16, "0123456789abcdef"),
      threadId: idOf(`gmail/${account}/${index - (index % 2)}`, 16, "0123456789abcdef"),
      labelIds: [...(index % 4 === 0 ? ["UNREAD"] : []), ...(index % 11 === 6 ? ["STARRED"] : []), "INBOX"],
      internalDate: String(date.getTime()),
      historyId: String(900_000 - index * 13),
      raw,
    };
  }),
);
