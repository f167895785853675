/** What a server says of itself: RFC 8414, and OpenID Connect Discovery, whose document has the same fields. */
import * as z from "zod";
import { TokenEndpointAuthMethod } from "../../src/contract/service-parts.ts";
import { known, Refused, type Document, type Found } from "./document.ts";

const Metadata = z.object({
  issuer: z.string().optional(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  pushed_authorization_request_endpoint: z.string().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  revocation_endpoint: z.string().optional(),
  userinfo_endpoint: z.string().optional(),
  service_documentation: z
    .url({ protocol: /^https$/ })
    .optional()
    .catch(undefined),
  scopes_supported: z.array(z.string()).default([]),
  // RFC 8414 2: what it means where it is left out.
  token_endpoint_auth_methods_supported: z.array(z.string()).default(["client_secret_basic"]),
  code_challenge_methods_supported: z.array(z.string()).default(["S256"]),
});

/** What tells who it is and keeps a grant alive. Whatever else a server has is for whoever connects it to choose. */
const IDENTITY = ["openid", "profile", "email", "offline_access"];

/** @throws Refused */
export function fromMetadata({ content, at }: Document): Found {
  const parsed = Metadata.safeParse(content);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new Refused(`The metadata has no ${field} that could be used: it is of no server that people connect at.`);
  }
  const { issuer, scopes_supported: supported, ...metadata } = parsed.data;
  if (at && issuer !== undefined) checkIssuer(issuer, at);
  const methods = metadata.token_endpoint_auth_methods_supported;
  const method = TokenEndpointAuthMethod.options.find((ours) => methods.includes(ours));
  if (method === undefined) {
    throw new Refused(
      `token_endpoint_auth_method: the server takes ${methods.join(", ")}, and Latchkey has none of them.`,
    );
  }
  const scopes = IDENTITY.filter((scope) => supported.includes(scope));
  const others = supported.filter((scope) => !scopes.includes(scope));
  return {
    service: known({
      docs: metadata.service_documentation,
      // One of a template is another for every tenant.
      issuer: issuer?.includes("{") ? undefined : issuer,
      authorization_endpoint: metadata.authorization_endpoint,
      token_endpoint: metadata.token_endpoint,
      pushed_authorization_request_endpoint: metadata.require_pushed_authorization_requests
        ? metadata.pushed_authorization_request_endpoint
        : undefined,
      revocation_endpoint: metadata.revocation_endpoint,
      userinfo_endpoint: metadata.userinfo_endpoint,
      token_endpoint_auth_method: method,
      pkce: metadata.code_challenge_methods_supported.includes("S256") ? undefined : false,
      scopes,
    }),
    notes: others.length === 0 ? [] : [`Of its scopes these are left out, --scope asks for them: ${others.join(" ")}`],
  };
}

/** RFC 8414 3.3, OpenID Connect Discovery 4.3: a document of another server's is not to be used. */
function checkIssuer(issuer: string, at: URL): void {
  const [, before = "", behind = ""] = /^(.*)\/\.well-known\/[^/?#]+([^?#]*)/.exec(at.href) ?? [];
  const asked = before + behind;
  const bare = (url: string) => url.replace(/\/$/, "");
  if (asked === "" || issuer.includes("{") || bare(issuer) === bare(asked)) return;
  throw new Refused(`issuer: the document at ${at.href} is of ${issuer}, which is another server.`);
}
