/** The services the sandbox emulates, each by its own object. */
export const SERVICES = [
  "airtable",
  "hubspot",
  "notion",
  "spotify",
  "github",
  "google",
  "facebook",
  "slack",
  "microsoft",
] as const;

/** The name of an emulated service: the first segment of all of its URLs. */
export type ServiceName = (typeof SERVICES)[number];

/** Credentials of an app registered with a service. */
export interface SandboxClient {
  readonly client_id: string;
  readonly client_secret: string;
}

/** Whether a path segment names an emulated service. */
export function isServiceName(name: string): name is ServiceName {
  return SERVICES.some((service) => service === name);
}

/** The app that is registered with every service, as their consent pages name it. */
export const CLIENT_NAME = "Latchkey";

/** Its client at a service. The secret is public on purpose: it opens nothing but this emulator. */
export function sandboxClient(service: ServiceName): SandboxClient {
  return {
    client_id: `sandbox-${service}-client`,
    client_secret: `sandbox-${service}-secret-opens-nothing`,
  };
}
