/** What `tests/servers/setup.ts` gives to the tests in workerd, and `tests/servers/latchkeys.ts` to those from outside. */
declare module "vitest" {
  interface ProvidedContext {
    /** The issuer of the independent authorization server. */
    oidc: string;
    /** The origin of the token endpoint that goes wrong on the wire. */
    tokenServer: string;
    /** The origin of the endpoints that apps are told of events at. */
    webhooks: string;
    /** The origin of what lends running Latchkeys. */
    latchkeys: string;
  }
}

export {};
