/** https on this machine for SDKs that send a key over nothing else: what arrives goes on, byte for byte, to a server without. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { portOf } from "./port.ts";

export interface HttpsFront {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

/** One value of ASN.1 as DER has it (X.690 8.1). */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const SEQUENCE = 0x30;
const hex = (digits: string) => Buffer.from(digits, "hex");
/** ecdsa-with-SHA256 (RFC 5758 3.2). */
const ALGORITHM = der(SEQUENCE, der(0x06, hex("2a8648ce3d040302")));
const COMMON_NAME = der(0x06, hex("550403"));

/** A key and a certificate for `localhost` that it has signed itself (RFC 5280 4.1), for one run. */
function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from("localhost")))));
  const time = (text: string) => der(0x18, Buffer.from(text));
  const body = der(
    SEQUENCE,
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ALGORITHM,
    name,
    der(SEQUENCE, time("20200101000000Z"), time("99991231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const certificate = der(SEQUENCE, body, ALGORITHM, signature);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`,
  };
}

/** Starts one on any free port of this machine, in front of a server there. */
export async function startHttpsFront(behind: string): Promise<HttpsFront> {
  const { hostname, port } = new URL(behind);
  const server = createServer(selfSigned(), (socket) => {
    const plain = connect(Number(port), hostname);
    socket.pipe(plain).pipe(socket);
    for (const [one, other] of [
      [socket, plain],
      [plain, socket],
    ] as const) {
      one.once("error", () => other.destroy()).once("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `https://localhost:${portOf(server)}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
