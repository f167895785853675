/** The public halves of the keys that clients of this deployment show who they are by (RFC 7517 5). */
import * as z from "zod/mini";
import { publicPart } from "../contract/private-key.ts";
import { Routes } from "./operation.ts";

const HOUR = 3600;

export const Jwks = z.object({
  keys: z.array(
    z.object({
      kty: z.string(),
      crv: z.string(),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.string(),
      use: z.string(),
    }),
  ),
});

export const jwksRoutes = new Routes().on(
  {
    method: "get",
    path: "/.well-known/jwks.json",
    tag: "Operator",
    access: "anyone",
    answer: { status: 200, schema: Jwks },
  },
  (c) => {
    const keys = c.get("services").config.clientKeys();
    c.header("Cache-Control", `public, max-age=${HOUR}`);
    return c.json({
      keys: keys.map((key) => ({ ...publicPart(key), kid: key.kid, alg: "ES256", use: "sig" })),
    } satisfies z.output<typeof Jwks>);
  },
);
