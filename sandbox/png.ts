import { concat, crc32 } from "./bytes.ts";
import { fingerprint } from "./random.ts";

const SIDE = 120;
const CELLS = 5;
const QUIET = 10;

/** A small picture for a person or a thing: a mirrored pattern in a colour of its own, as a 1-bit palette PNG. */
export function picture(seed: string): Uint8Array<ArrayBuffer> {
  const hash = fingerprint(seed);
  const header = new Uint8Array([...uint32(SIDE), ...uint32(SIDE), 1, 3, 0, 0, 0]);
  return concat([
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", new Uint8Array([0xee, 0xf1, 0xf6, ...colour(hash)])),
    chunk("IDAT", stored(rows(hash))),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** One of sixteen hues, dark enough to stand out on the pale ground. */
function colour(hash: number): [number, number, number] {
  const channel = (shift: number) => 40 + (((hash >>> shift) & 3) * 50 + ((hash >>> (shift + 2)) & 3) * 6);
  return [channel(0), channel(4), channel(8)];
}

function rows(hash: number): Uint8Array {
  const cell = (SIDE - 2 * QUIET) / CELLS;
  const lines: number[] = [];
  for (let y = 0; y < SIDE; y++) {
    lines.push(0); // filter: none
    for (let byte = 0; byte < SIDE / 8; byte++) {
      let bits = 0;
      for (let bit = 0; bit < 8; bit++) {
        const column = Math.floor((byte * 8 + bit - QUIET) / cell);
        bits = (bits << 1) | (isFilled(hash, column, Math.floor((y - QUIET) / cell)) ? 1 : 0);
      }
      lines.push(bits);
    }
  }
  return new Uint8Array(lines);
}

function isFilled(hash: number, column: number, row: number): boolean {
  if (column < 0 || column >= CELLS || row < 0 || row >= CELLS) return false;
  const mirrored = Math.min(column, CELLS - 1 - column);
  return ((hash >>> (row * 3 + mirrored + 8)) & 1) === 1 || (row === 2 && column === 2);
}

/** A zlib stream of one stored block: no compression, hence no compressor. */
function stored(data: Uint8Array): Uint8Array {
  const length = [data.length & 255, data.length >>> 8];
  const inverse = length.map((byte) => byte ^ 255);
  return concat([new Uint8Array([0x78, 0x01, 1, ...length, ...inverse]), data, new Uint8Array(uint32(adler32(data)))]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concat([new TextEncoder().encode(type), data]);
  return concat([new Uint8Array(uint32(data.length)), body, new Uint8Array(uint32(crc32(body)))]);
}

function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function adler32(data: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of data) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return ((high << 16) | low) >>> 0;
}
