/** What is stated of the official SDK of a service of the catalogue: how its client is pointed at the proxy, one read, and one refusal. */
import type { KeyAt, Reply } from "../keys/key-sdk.ts";

export interface CatalogueSdk {
  /** Its package. */
  readonly name: string;
  /** The id of its service in the catalogue. */
  readonly service: string;
  /** What is typed into the form. None of it is real. */
  readonly typed: Readonly<Record<string, string>>;
  /** What `read` asks the service: method, host and path. */
  readonly route: string;
  /** What the service answers, and what the SDK makes of it. */
  readonly body: unknown;
  readonly found: unknown;
  readonly read: (at: KeyAt) => Promise<unknown>;
  /** How the service refuses the same call. */
  readonly refusal: Reply;
  /** The SDK's own error: its class where that is public, and what it says. */
  readonly error: { readonly ofClass?: abstract new (...given: never[]) => Error; readonly says: object };
}

/** A key that is none. */
export const KEY = "fake-key-0123456789ABCDEFGHIJKLMN";
