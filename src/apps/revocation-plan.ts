/** What a job that takes something back is to do: kept with it, so that whatever drives it knows. */
import * as z from "zod/mini";
import type { NewRevocation } from "../api-jobs.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import { AppError, invalidField } from "../errors.ts";
import type { HeldGrant } from "../grants/held-grant.ts";
import type { ClientVault } from "./client-vault.ts";
import type { Sessions } from "./sessions.ts";

const Kept = z.object({ vault: z.string(), digest: z.string() });

export const RevocationPlan = z.object({
  /** Whose vaults are visited: these, those of an app's users, or all there are. */
  scope: z.union([
    z.object({ vaults: z.array(z.string()) }),
    z.object({ app: z.string() }),
    z.object({ deployment: z.literal(true) }),
  ]),
  /** A key that ends before anything else. */
  key: z.nullable(Kept),
  /** A vault that is visited before all others. */
  first: z.nullable(z.string()),
  /** Whether sessions, keys and whatever is under way end too. */
  ends: z.boolean(),
  /** The digest of the session that goes on, for whoever asked to see what comes of it. */
  keeps: z.nullable(z.string()),
  /** Connections at these integrations; null: at all. */
  integrations: z.nullable(z.array(z.string())),
  /** And these. */
  connections: z.array(z.object({ vault: z.string(), place: z.string() })),
});
export type RevocationPlan = z.output<typeof RevocationPlan>;

/** Who asks, and for what: `user` is `APP_ITSELF` but for a person at the page. */
export interface Asker {
  readonly app: string;
  readonly user: string;
  /** The digest of their session; null: the operator. */
  readonly keeps: string | null;
}

const EVERYTHING: Pick<RevocationPlan, "key" | "first" | "ends" | "integrations" | "connections"> = {
  key: null,
  first: null,
  ends: true,
  integrations: null,
  connections: [],
};

export class RevocationPlans {
  readonly #names: Names;
  readonly #sessions: Sessions;
  readonly #clientVault: ClientVault;

  constructor(names: Names, sessions: Sessions, clientVault: ClientVault) {
    this.#names = names;
    this.#sessions = sessions;
    this.#clientVault = clientVault;
  }

  /** @throws AppError `not_found` for a key or an integration that is not there */
  async plan(asker: Asker, { target: { kind, id }, connections }: NewRevocation): Promise<RevocationPlan> {
    const { app, keeps } = asker;
    switch (kind) {
      case "key":
        return this.#ofKey(asker, required(id), connections);
      case "user":
        return this.#ofUser(asker, id);
      case "integration": {
        const integration = await this.#clientVault.idOf(app, required(id));
        if ((await this.#names.ownerOf(integration)) !== app) {
          const all = await this.#clientVault.list(app);
          if (!all.some((one) => one.integration === integration)) throw notThere("integration");
        }
        return { ...EVERYTHING, scope: { app }, ends: false, keeps, integrations: [integration] };
      }
      case "app":
        return { ...EVERYTHING, scope: { app }, first: await this.#names.vault(app, APP_ITSELF), keeps };
      case "deployment":
        return { ...EVERYTHING, scope: { deployment: true }, keeps };
    }
  }

  async #ofUser({ app, user, keeps }: Asker, id: string | undefined): Promise<RevocationPlan> {
    const vault = await this.#names.vault(app, user === APP_ITSELF ? required(id) : user);
    return { ...EVERYTHING, scope: { vaults: [vault] }, first: vault, keeps };
  }

  async #ofKey({ app, user }: Asker, id: string, connections: "reached" | "keep"): Promise<RevocationPlan> {
    const key = await this.#sessions.findKey(app, user, id);
    if (!key) throw notThere("key");
    const vault = await this.#names.vault(app, user);
    const { grant, place } = key.facts;
    const reached =
      connections === "keep" ? NONE : place === null ? reachOf(grant) : { ...NONE, connections: [{ vault, place }] };
    const named = [...new Set(reached.connections.map((one) => one.vault))];
    // A key of an app reaches all of its users', unless it is about some connections alone.
    const isOfApp = user === APP_ITSELF && reached.integrations?.length !== 0;
    const scope = isOfApp ? { app } : { vaults: user === APP_ITSELF ? named : [vault] };
    return { ...EVERYTHING, ...reached, scope, key: { vault, digest: key.digest }, ends: false, keeps: null };
  }
}

type Reach = Pick<RevocationPlan, "integrations" | "connections">;
const NONE: Reach = { integrations: [], connections: [] };

/** What a key may be used at; what it may do there makes no difference. */
function reachOf(grant: HeldGrant | null): Reach {
  if (grant === null || grant.rules.some((rule) => !rule.integrations && !rule.connections)) {
    return { integrations: null, connections: [] };
  }
  return {
    integrations: [...new Set(grant.rules.flatMap(({ integrations = [] }) => integrations))],
    connections: grant.rules.flatMap(({ connections = [] }) =>
      connections.map(({ vault, place }) => ({ vault, place })),
    ),
  };
}

function required(id: string | undefined): string {
  if (id === undefined) throw invalidField("target.id", "says which one is meant.");
  return id;
}

const notThere = (what: string): AppError =>
  new AppError("not_found", `There is no ${what} of that id. Look at the list of them.`);
