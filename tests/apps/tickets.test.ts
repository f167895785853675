/** Links and codes that are handed out come back as what they were handed out for, or as nothing. */
import { expect, it } from "vitest";
import { createTicket, readTicket } from "../../src/apps/tickets.ts";
import { seal, type KeyRing } from "../../src/crypto.ts";

const ring: KeyRing = { active: "k1", keys: new Map([["k1", new Uint8Array(32).fill(1)]]) };
const claims = { app: "app", vault: "vault", expires_at: 5 };

it("a ticket says what it was made with, and is another each time", async () => {
  const [one, other] = await Promise.all([
    createTicket(ring, "connect", claims),
    createTicket(ring, "connect", claims),
  ]);
  expect(await readTicket(ring, "connect", one)).toMatchObject(claims);
  expect(await readTicket(ring, "connect", one)).not.toEqual(await readTicket(ring, "connect", other));
});

it("a ticket of one kind is none of the other", async () => {
  expect(await readTicket(ring, "finalize", await createTicket(ring, "connect", claims))).toBeUndefined();
});

it("what was not handed out is none", async () => {
  const ticket = await createTicket(ring, "connect", claims);
  for (const madeUp of ["", "x", `${ticket}A`]) expect(await readTicket(ring, "connect", madeUp)).toBeUndefined();
  const odd = await seal(ring, { app: "", purpose: "ticket:connect", record: [] }, JSON.stringify({ app: "app" }));
  expect(await readTicket(ring, "connect", odd)).toBeUndefined();
});
