/** What is stated of the SDK of a service that asks for a key: how its client is pointed at the proxy, and how the service plays its part. */
import * as z from "zod";
import { Service } from "../../../src/contract/service.ts";

/** A request as the played service gets it. */
export interface Asked {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the played service answers: JSON, bytes, or pieces with time between them. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Route = (asked: Asked) => Reply;

/** Where a client is pointed: at Latchkey, with a key of Latchkey's. */
export interface KeyAt {
  /** Where Latchkey proxies the service. */
  readonly api: string;
  /** The same for a further host of the service. */
  readonly host: (name: string) => string;
  readonly key: string;
}

/** What people do with an SDK. */
export const KINDS = [
  "reads",
  "lists every page",
  "writes once",
  "is answered bit by bit",
  "moves a file",
  "is refused as the service refuses",
  "waits for a limit",
] as const;
export type Kind = (typeof KINDS)[number];

export interface KeySdk {
  /** Its package. */
  readonly name: string;
  readonly file: z.output<typeof ServiceFile>;
  /** What is typed into the form. None of it is real. */
  readonly typed: Readonly<Record<string, string>>;
  /** Of it, what nobody but the service may see. */
  readonly secret: string;
  /** Whether the credential stands as the service has it, letter for letter. */
  readonly isAuthorized: (asked: Asked) => boolean;
  /** What a wrong key is answered. */
  readonly refusal: Reply;
  /** What is answered where a limit is met. */
  readonly limit: Reply;
  /** By method, host and path; a name in braces stands for a step of the path. */
  readonly routes: Readonly<Record<string, Route>>;
  /** What it does, and what an SDK like it has to do and this one cannot, with the reason. */
  readonly does: (at: KeyAt) => Readonly<Partial<Record<Kind, () => Promise<void>>>>;
  readonly lacks: Readonly<Partial<Record<Kind, string>>>;
  /** One call that is refused, and the error that it ends with. */
  readonly failure: (at: KeyAt) => Promise<unknown>;
  /** What the SDK calls an error of authentication, with what it makes of the code and the sentence. */
  readonly unauthorized: (error: unknown) => { readonly isAuthentication: boolean; readonly says: string };
}

/** A service as data, as a catalogue could take it, and where each fact stands in the service's own words. */
export const ServiceFile = z.object({
  service: z.custom<z.output<typeof Service>>((value) => Service.safeParse(value).success),
  sources: z.record(z.string(), z.array(z.url({ protocol: /^https$/ })).min(1)),
});

/** Pieces that go one by one: the last does not go before somebody has the first. */
export class Pieces {
  readonly #first = Promise.withResolvers<void>();
  readonly #pieces: readonly (string | Buffer)[];

  constructor(pieces: readonly (string | Buffer)[]) {
    this.#pieces = pieces;
  }

  /** Says that the first has come. */
  readonly arrived = (): void => this.#first.resolve();

  async *[Symbol.asyncIterator](): AsyncGenerator<string | Buffer> {
    for (const [index, piece] of this.#pieces.entries()) {
      if (index > 0) await this.#first.promise;
      yield piece;
    }
  }
}

/** The error that a call ends with. */
export async function errorFrom(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return new Error("The call succeeded.");
}

/** A file whose bytes are no text, larger than what is kept of a body. */
export const BYTES = Buffer.alloc(1_200_000, Buffer.from([0, 255, 10, 13, 128, 34]));
