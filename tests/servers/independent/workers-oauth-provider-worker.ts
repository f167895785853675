/** The application around the library: its sign-in, its one API, and how its clients are registered. */
import { OAuthProvider, type OAuthHelpers } from "@cloudflare/workers-oauth-provider";
import { ADA } from "../../support/independent.ts";
import { signInPage } from "./sign-in-page.ts";

interface Bindings {
  readonly OAUTH_KV: KVNamespace;
  readonly OAUTH_PROVIDER: OAuthHelpers;
  readonly ORIGIN: string;
}

const site = {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/clients") {
      return Response.json(
        await env.OAUTH_PROVIDER.createClient({
          clientName: "Latchkey",
          redirectUris: [await request.text()],
          tokenEndpointAuthMethod: "client_secret_basic",
        }),
      );
    }
    if (request.method === "GET") {
      return new Response(signInPage(pathname + search), { headers: { "Content-Type": "text/html" } });
    }
    const asked = await env.OAUTH_PROVIDER.parseAuthRequest(new Request(request.url));
    const login = new URLSearchParams(await request.text()).get("login") ?? "";
    const { redirectTo } = await env.OAUTH_PROVIDER.completeAuthorization({
      request: asked,
      userId: login,
      metadata: {},
      scope: asked.scope,
      props: { sub: login, name: ADA.name, email: ADA.email },
    });
    return new Response(null, { status: 302, headers: { Location: redirectTo } });
  },
};

const api = {
  fetch: (_: Request, __: Bindings, context: ExecutionContext): Response => Response.json(context.props),
};

export default {
  fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
    const provider = new OAuthProvider<Bindings>({
      apiRoute: "/api/me",
      apiHandler: api,
      defaultHandler: site,
      authorizeEndpoint: "/authorize",
      tokenEndpoint: "/oauth/token",
      scopesSupported: ["profile", "offline_access"],
      resourceMetadata: { resource: `${env.ORIGIN}/api/me`, authorization_servers: [env.ORIGIN] },
    });
    return provider.fetch(request, env, context);
  },
};
