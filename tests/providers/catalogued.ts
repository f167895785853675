/** A service of the catalogue as the emulator plays it: what is typed, what is told, and how long its tokens live. */
import type { CustomProviderEntry } from "../../src/contract/entry.ts";
import { toService, type Catalogued } from "../../src/catalogue/catalogue.ts";
import type { Service, Typed } from "../support/played.ts";

/** Texts that a pattern takes: enough for hosts and ids, of which patterns of the catalogue are made. */
export function sampleOf(pattern: string): string {
  const [first = ""] = pattern.split("|");
  return first
    .replaceAll(/\(\?:|[()^$]/g, "")
    .replaceAll(/\[([^\]]+)\]|\\([a-z])|\\(.)/gi, (_, inside?: string, kind?: string, letter?: string) => {
      if (letter !== undefined && kind === undefined) return letter;
      return (
        { d: "7", w: "a" }[kind ?? ""] ??
        (/a-z|A-Z/.test(inside ?? "")
          ? /A-Z/.test(inside ?? "") && !/a-z/.test(inside ?? "")
            ? "A"
            : "a"
          : /0-9/.exec(inside ?? "")
            ? "7"
            : (inside ?? "").slice(0, 1))
      );
    })
    .replaceAll(/(.)\{(\d+)(?:,\d*)?\}/g, (_, letter: string, count: string) =>
      letter.repeat(Math.max(1, Number(count))),
    )
    .replaceAll(/[?*+]/g, "");
}

/** What somebody types, by field. */
export const typedInto = ({ fields = {} }: Pick<Catalogued, "fields">): Typed =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, { optional }]) => optional !== true)
      .map(([name, { choices, pattern, example, default: unsaid }]) => [
        name,
        choices?.[0] ?? unsaid ?? (pattern === undefined ? `typed-${name}` : (example ?? sampleOf(pattern))),
      ]),
  );

/** The service with a client of it. */
export function playedBy(catalogued: Catalogued): CustomProviderEntry {
  const service = toService(catalogued);
  if (service.authorization_endpoint === undefined) return service;
  const isPublic = service.token_endpoint_auth_method === "none";
  return { ...service, client_id: "client-7", ...(isPublic ? {} : { client_secret: "secret:7+" }) };
}

/** The service for the emulator to play. */
export function playable(catalogued: Catalogued): Service {
  const { token_details, callback_details, after_connect } = catalogued;
  const details = { ...token_details, ...callback_details, ...after_connect?.details };
  const tells = Object.entries(details).flatMap(([name, detail]) =>
    typeof detail === "string" ? [] : [[name, [sampleOf(detail.pattern), sampleOf(detail.pattern)]] as const],
  );
  const works = typedInto(catalogued);
  return { entry: playedBy(catalogued), tells: Object.fromEntries(tells), ...(catalogued.fields && { works }) };
}
