/** The shape of a grant: what a key may do of all that its connections could. */
import * as z from "zod/mini";
import { BOUNDS } from "./bounds.ts";
import { PathPattern } from "./contract/path-patterns.ts";
import { readNetwork } from "./grants/networks.ts";

/** The methods that go through the proxy. */
export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export const Method = z.enum(METHODS);
export type Method = z.output<typeof Method>;

/** What a rule says to a call that changes something, from the least to the most. */
export const WRITES = ["refuse", "ask", "allow"] as const;

const some = <T extends z.ZodMiniType>(one: T, most: number) => z.array(one).check(z.minLength(1), z.maxLength(most));

/** Calls that a holder may make. What is left out of it narrows nothing. */
export const GrantRule = z
  .strictObject({
    /** Integrations that it is about, by id or slug. */
    integrations: z.optional(some(z.string().check(z.maxLength(80)), BOUNDS.grant_names)),
    /** Connections that it is about, by id. Not beside `integrations`. */
    connections: z.optional(some(z.string().check(z.maxLength(256)), BOUNDS.grant_names)),
    methods: z.optional(some(Method, METHODS.length)),
    /** Path patterns: `/repos/acme/**`. */
    paths: z.optional(some(PathPattern, BOUNDS.grant_paths)),
    /** Whether calls that change something are among them: no, or where a person has allowed the very call, or yes. */
    writes: z._default(z.enum(WRITES), "refuse"),
  })
  .check(
    z.refine(
      ({ integrations, connections }) => integrations === undefined || connections === undefined,
      "a rule is about integrations or about connections: write two rules",
    ),
  );
export type GrantRule = z.output<typeof GrantRule>;

/** A network, or one address, as RFC 4632 and RFC 4291 2.3 write it. */
const Network = z.string().check(
  z.maxLength(64),
  z.refine((text) => readNetwork(text) !== null, "a network such as 192.0.2.0/24 or 2001:db8::/48"),
);

/** A call passes where one of the rules lets it. */
export const Grant = z
  .strictObject({
    rules: some(GrantRule, BOUNDS.grant_rules),
    /** Calls to services in an hour, all together. */
    calls_per_hour: z.optional(z.int().check(z.minimum(1), z.maximum(1_000_000))),
    /** Where its holder may call from. */
    networks: z.optional(some(Network, BOUNDS.grant_networks)),
  })
  .check(
    z.refine(
      (grant) => JSON.stringify(grant).length <= BOUNDS.grant_characters,
      `at most ${BOUNDS.grant_characters} characters of JSON`,
    ),
  );
export type Grant = z.output<typeof Grant>;
