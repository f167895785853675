/**
 * Where a connection is among those of its user: the id of its integration, and for all but the one that was there first a
 * slot behind a tilde, which stands in no id: `github`, `github~k3x9m2pq`. What is kept or sealed by connection is kept by its
 * place, so that those from before there were slots stay where they are.
 *
 * An address says which connection is meant: its place, or the integration and a tilde for the one that is the default.
 */
import * as z from "zod/mini";
import { shortId } from "../crypto.ts";

const SLOT_LENGTH = 8;

/** What `Names` takes for a place in an id. */
export const PLACE = `[a-z0-9-]{1,80}(?:~[a-z0-9]{${SLOT_LENGTH}})?`;

/** Of an integration, whichever connection is the default. */
export const defaultOf = (integration: string): string => `${integration}~`;

/** Whether an address leaves it to the vault which connection it is. */
export const isDefault = (address: string): boolean => address.endsWith("~");

/** The integration that an address is at. */
export const integrationOf = (address: string): string => address.split("~", 1)[0] ?? "";

/** A place that no connection has had. */
export const newPlace = (integration: string): string => `${integration}~${shortId().slice(0, SLOT_LENGTH)}`;

/** What the connections of a user are called. */
export const AddressBook = z.array(z.object({ place: z.string(), label: z.string() }));
export type AddressBook = z.output<typeof AddressBook>;
