import * as z from "zod";
import type { Code, Grant, Token } from "./store.ts";

/** A part of a grant as it is stored. */
export const partSchema = z.object({ name: z.enum(["main", "bot", "user"]), scopes: z.array(z.string()) });

const strings = z.array(z.string());
const stringMap = z.record(z.string(), z.string());
const kindSchema = z.enum(["access", "refresh", "id", "derived"]);

/** A row of the table `grants`. */
export type GrantRow = {
  id: string;
  account: number;
  parts: string;
  params: string;
  authorized: number;
  refreshed: number | null;
  refreshes: number;
  revoked: number;
  reused: number;
  public: number;
};

/** A row of the table `codes`. */
export type CodeRow = {
  value: string;
  grant_id: string;
  redirect_uri: string;
  challenge: string | null;
  with_refresh: number;
  expires: number;
  used: number;
};

/** A row of the table `tokens`. */
export type TokenRow = {
  value: string;
  grant_id: string;
  kind: string;
  part: string;
  scopes: string;
  issued: number;
  expires: number | null;
  revoked: number;
};

export function toGrant(row: GrantRow): Grant {
  return {
    id: row.id,
    account: row.account,
    parts: z.array(partSchema).parse(JSON.parse(row.parts)),
    params: stringMap.parse(JSON.parse(row.params)),
    authorizedAt: row.authorized,
    refreshedAt: row.refreshed,
    refreshCount: row.refreshes,
    revoked: row.revoked === 1,
    reuseDetected: row.reused === 1,
    publicClient: row.public === 1,
  };
}

export function toCode(row: CodeRow): Code {
  return {
    value: row.value,
    grantId: row.grant_id,
    redirectUri: row.redirect_uri,
    challenge: row.challenge,
    withRefresh: row.with_refresh === 1,
    expiresAt: row.expires,
    used: row.used === 1,
  };
}

export function toToken(row: TokenRow): Token {
  return {
    value: row.value,
    grantId: row.grant_id,
    kind: kindSchema.parse(row.kind),
    part: partSchema.shape.name.parse(row.part),
    scopes: strings.parse(JSON.parse(row.scopes)),
    issuedAt: row.issued,
    expiresAt: row.expires,
    revoked: row.revoked === 1,
  };
}
