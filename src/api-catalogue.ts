/** The shapes of the catalogue's answers. */
import * as z from "zod/mini";
import { pageSize } from "./api.ts";
import { Service } from "./contract/service.ts";

/** What people have to have of a service: an account to consent with, or a key to type. */
const Kind = z.enum(["oauth2", "key"]);

/** A service that can be connected. */
export const CatalogueEntry = z.object({
  /** What an app's integration names as its `provider`. */
  id: z.string(),
  name: z.string(),
  category: z.string(),
  kind: Kind,
  /** The service's own page about connecting to it. */
  docs: z.nullable(z.string()),
  /** Where at this origin its mark is; null: it has none. */
  mark: z.nullable(z.string()),
  /** What else people look for when they mean it. */
  aliases: z.array(z.string()),
  /** The same service with another kind of credential. */
  alternative_to: z.nullable(z.string()),
  /** Where a client is registered or a key is made, and what has to be known there. */
  registration: z.nullable(z.object({ url: z.string(), notes: z.array(z.string()) })),
  /** What an operator sets so that people at the page can connect it. */
  variables: z.array(z.string()),
  /**
   * - `confirmed`: the service's own page says what is said of it
   * - `attested`: two independent open sources agree
   */
  confidence: z.enum(["confirmed", "attested"]),
});
export type CatalogueEntry = z.output<typeof CatalogueEntry>;

/** `next_cursor` is null on the last page. */
export const Catalogue = z.object({ services: z.array(CatalogueEntry), next_cursor: z.nullable(z.string()) });
export type Catalogue = z.output<typeof Catalogue>;

export const CatalogueQuery = z.object({
  /** A part of a name, or another word for the service. The best match comes first. */
  search: z.optional(z.string().check(z.maxLength(80))),
  category: z.optional(z.string().check(z.maxLength(40))),
  kind: z.optional(Kind),
  limit: pageSize(50),
  cursor: z.optional(z.string().check(z.maxLength(64))),
});

/** A service of the catalogue with all that is known of how it is spoken to. */
export const CatalogueDetail = z.extend(CatalogueEntry, {
  /** As one is described in `CUSTOM_PROVIDERS`; null for the built-in ones, parts of which are code. */
  service: z.nullable(Service),
});
export type CatalogueDetail = z.output<typeof CatalogueDetail>;
