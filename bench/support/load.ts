/** Requests over kept connections on loopback. */
import { Agent, request as httpRequest } from "node:http";
import { median, quantile } from "./statistics.ts";

export interface Target {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Load {
  readonly requests: number;
  readonly per_second: number;
  readonly median_ms: number;
  /** Of a hundred, the slowest but one. */
  readonly p99_ms: number;
}

/**
 * Does something so many times a second for `milliseconds`, whether or not what was done before has ended.
 * @returns how long each took, in milliseconds
 */
export async function paced(per_second: number, milliseconds: number, act: () => Promise<unknown>): Promise<number[]> {
  const latencies: number[] = [];
  const acts: Promise<void>[] = [];
  const started = performance.now();
  const timed = async (from: number): Promise<void> => {
    await act();
    latencies.push(performance.now() - from);
  };
  for (let passed = 0; passed < milliseconds; passed = performance.now() - started) {
    const due = Math.floor((passed * per_second) / 1000);
    while (acts.length < due) acts.push(timed(performance.now()));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(acts);
  return latencies;
}

/** A client with a fixed number of connections. */
export class Client implements Disposable {
  readonly #agent: Agent;
  readonly #connections: number;

  constructor(connections: number) {
    this.#connections = connections;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** One request. @returns the text of its answer. @throws Error for any other status than 200 */
  async send(target: Target, body?: string): Promise<string> {
    const chunks: Buffer[] = [];
    await this.#exchange(target, body, (chunk) => chunks.push(chunk));
    return Buffer.concat(chunks).toString();
  }

  /** One request whose answer is only counted. @returns how long it took, and how many bytes came */
  async transfer(target: Target, body?: Buffer): Promise<{ readonly wall_ms: number; readonly bytes: number }> {
    let bytes = 0;
    const started = performance.now();
    await this.#exchange(target, body, (chunk) => (bytes += chunk.length));
    return { wall_ms: performance.now() - started, bytes };
  }

  /** One request that is to be refused. @returns its status */
  refused(target: Target): Promise<number> {
    return this.#ask(target, undefined, () => {});
  }

  async #exchange(target: Target, body: string | Buffer | undefined, take: (chunk: Buffer) => void): Promise<void> {
    const status = await this.#ask(target, body, take);
    if (status !== 200) throw new Error(`${target.url}: ${status}`);
  }

  #ask({ url, headers = {} }: Target, body: string | Buffer | undefined, take: (chunk: Buffer) => void) {
    return new Promise<number>((resolve, reject) => {
      const method = body === undefined ? "GET" : "POST";
      const request = httpRequest(url, { agent: this.#agent, method, headers, timeout: 30_000 }, (response) => {
        response.on("data", take);
        response.once("error", reject);
        response.once("end", () => resolve(response.statusCode ?? 0));
      });
      request.once("timeout", () => request.destroy(new Error(`${method} ${url}: no answer`)));
      request.once("error", reject);
      request.end(body);
    });
  }

  /** Every connection asks again as soon as it has its answer, for `milliseconds`. */
  async saturate(target: Target, milliseconds: number): Promise<Load> {
    const latencies: number[] = [];
    const started = performance.now();
    const ask = async (): Promise<void> => {
      for (let from = performance.now(); from - started < milliseconds; from = performance.now()) {
        await this.send(target);
        latencies.push(performance.now() - from);
      }
    };
    await Promise.all(Array.from({ length: this.#connections }, ask));
    const seconds = (performance.now() - started) / 1000;
    const { length } = latencies;
    const p99_ms = quantile(latencies, 0.99);
    return { requests: length, per_second: length / seconds, median_ms: median(latencies), p99_ms };
  }

  /** One request on every connection, all at once. @returns how long the last answer took, and all answers */
  async burst(target: Target): Promise<{ readonly wall_ms: number; readonly answers: readonly string[] }> {
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: this.#connections }, () => this.send(target)));
    return { wall_ms: performance.now() - started, answers };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
