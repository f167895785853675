/** What is said of calls that have just come to wait. */
import type { Approval, Integration } from "../api.ts";
import { approvalHash } from "../route.ts";
import type { Notice } from "../toasts.tsx";
import { askerWords, calledOf } from "./words.ts";

/** One message for all that came at once. */
export function tellNews(news: readonly Approval[], integrations: readonly Integration[]): Notice {
  const [first] = news;
  if (first === undefined || news.length > 1) {
    const text = `${news.length} calls wait for you to allow them.`;
    return { tone: "plain", text, link: { href: approvalHash(null), text: "Look at them" } };
  }
  const text = `${askerWords(first.asked_by)} asks to change something at ${calledOf(first, integrations).title}.`;
  return { tone: "plain", text, link: { href: approvalHash(first.id), text: "Look at it" } };
}

/** Whether a message is about a call that waits no longer, or is looked at. */
export function isStale({ link }: Notice, all: readonly Approval[] | null, seen: string | null): boolean {
  const about = all?.find(({ id }) => approvalHash(id) === link?.href);
  return about !== undefined && (about.state !== "waiting" || about.id === seen);
}
