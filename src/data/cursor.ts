/** Cursors of the item list: sealed, so that they cannot be read or altered, and good for one connection only. */
import { open, seal, type KeyRing, type SealContext } from "../crypto.ts";
import { invalidCursor } from "./cursor-error.ts";
import { Positions } from "./items.ts";

interface Owner {
  readonly app: string;
  readonly user: string;
  readonly place: string;
}

const contextOf = ({ app, user, place }: Owner): SealContext => ({
  app,
  purpose: "cursor",
  record: [user, place],
});

/** Where a list stands, as `next_cursor`. */
export async function sealCursor(ring: KeyRing, owner: Owner, positions: Positions): Promise<string> {
  return seal(ring, contextOf(owner), JSON.stringify(positions));
}

/** @throws AppError `invalid_cursor` for anything that `sealCursor` did not make for this connection */
export async function openCursor(ring: KeyRing, owner: Owner, cursor: string): Promise<Positions> {
  try {
    return Positions.parse(JSON.parse(await open(ring, contextOf(owner), cursor)));
  } catch {
    throw invalidCursor();
  }
}
