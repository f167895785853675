/** Archives of files as they are: a zip of stored entries, and a gzipped tar. */
import { concat, crc32 } from "./bytes.ts";

export interface Entry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Numbers of two or four bytes each, the lowest first. */
function little(...numbers: readonly (readonly [size: 2 | 4, value: number])[]): Uint8Array {
  return new Uint8Array(
    numbers.flatMap(([size, value]) => Array.from({ length: size }, (_, at) => (value >>> (8 * at)) & 255)),
  );
}

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16; names are UTF-8. */
export function zip(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const UTF_8 = 1 << 11;
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const { path, bytes } of entries) {
    const name = text(path);
    const facts = concat([
      little([2, 20], [2, UTF_8], [2, 0], [2, 0], [2, 33], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length]),
      little([2, name.length], [2, 0]),
    ]);
    const local = concat([little([4, 0x04034b50]), facts, name, bytes]);
    central.push(little([4, 0x02014b50], [2, 20]), facts, little([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), name);
    locals.push(local);
    offset += local.length;
  }
  const directory = concat(central);
  const count = entries.length;
  const end = little(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, directory.length],
    [4, offset],
    [2, 0],
  );
  return concat([...locals, directory, end]);
}

const BLOCK = 512;

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html: ustar interchange format. */
export async function tarball(entries: readonly Entry[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts = entries.flatMap(({ path, bytes }) => [header(path, bytes.length), bytes, filler(bytes.length)]);
  const whole = concat([...parts, new Uint8Array(2 * BLOCK)]);
  const packed = new Blob([whole]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function filler(length: number): Uint8Array {
  return new Uint8Array((BLOCK - (length % BLOCK)) % BLOCK);
}

function header(path: string, size: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (offset: number, value: string) => block.set(text(value), offset);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  put(0, path.slice(0, 99));
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${octal(size, 11)}\0`);
  put(136, `${octal(0, 11)}\0`);
  // The checksum is taken with eight spaces in its place.
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\0");
  put(263, "00");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return block;
}
