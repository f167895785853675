/** What is said of approvals. */
import type { Approval, Integration } from "../api.ts";
import { deadline, toDate } from "../format.ts";
import { standingsOf, titleOf } from "../standing.ts";
import { visibleText } from "./visible.tsx";

export type State = Approval["state"];

/** The heading of one, by how it stands. */
export const STATE_TITLE: Readonly<Record<State, string>> = {
  waiting: "May this call be made?",
  allowed: "Allowed once",
  standing: "Allowed, with others of its kind",
  used: "Allowed once, and made",
  denied: "Not allowed",
};

/** The word on its chip. */
export const STATE_LABEL: Readonly<Record<State, string>> = {
  waiting: "Waiting for you",
  allowed: "Allowed once",
  standing: "Allowed",
  used: "Made once",
  denied: "Not allowed",
};

/** Until when something goes on, as a clock says it, or a date. */
export function clock(iso: string): string {
  const time = toDate(iso);
  return time === null ? "" : deadline(time);
}

/** What happens next. */
export function nextWords({ state, expires_at, until, asked_by }: Approval): string {
  switch (state) {
    case "waiting":
      return `Until you decide, ${askerWords(asked_by)} is told to wait, and nothing is sent.`;
    case "allowed":
      return `The program has ten minutes to make the call again: until ${clock(expires_at)}. It passes once.`;
    case "standing":
      return `Such calls pass until ${clock(until ?? asked_by.ends_at)}, this one too. The program has to make it again.`;
    case "used":
      return "The call was made. The next one like it is asked about again.";
    case "denied":
      return `The call was not made. The program is refused the same one until ${clock(expires_at)}; after that it may ask again.`;
  }
}

/** Who asks, in plain text. */
export function askerWords({ kind, name }: Approval["asked_by"]): string {
  if (name !== null) return `“${visibleText(name)}”`;
  return { key: "a key without a name", user: "a program of an app", app: "an app", browser: "another browser" }[kind];
}

/** The service that is called, as the page knows it. */
export interface Called {
  readonly name: string;
  /** With the account's label, where there are several. */
  readonly title: string;
  readonly mark: string | null;
}

/** The service and account that a call is for. */
export function calledOf({ integration, connection }: Approval, integrations: readonly Integration[]): Called {
  const service = integrations.find((each) => each.integration === integration);
  if (service === undefined) return { name: integration, title: integration, mark: null };
  const standing = standingsOf(service).find((each) => each.connection?.id === connection);
  return { name: service.name, title: standing ? titleOf(standing) : service.name, mark: service.mark };
}

/** A kind of calls: the method of the one that it is a kind of, and a path. */
export function kindOf({ method }: Approval, path: string): string {
  return `${method} ${path}`;
}

/** The same to choose from. */
export function kindWords(approval: Approval, path: string): string {
  return `${visibleText(kindOf(approval, path))}${path.includes("*") ? " (* is any name with digits or signs)" : " alone"}`;
}

/** What beside method and path tells such a call from others. */
export function kindLimits({ query }: Approval): string {
  return `${query === "" ? "Without a query" : "With the same query"}, with the same header fields, and whatever else they send.`;
}
