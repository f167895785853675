import type { ServiceName } from "../clients.ts";
import type { Service } from "../service.ts";
import { airtable } from "./airtable.ts";
import { facebook } from "./facebook.ts";
import { github } from "./github.ts";
import { google } from "./google.ts";
import { hubspot } from "./hubspot.ts";
import { microsoft } from "./microsoft.ts";
import { notion } from "./notion.ts";
import { slack } from "./slack.ts";
import { spotify } from "./spotify.ts";

const services: Readonly<Record<ServiceName, Service>> = {
  airtable,
  hubspot,
  notion,
  spotify,
  github,
  google,
  facebook,
  slack,
  microsoft,
};

/** The declaration of a service. */
export function findService(name: ServiceName): Service {
  return services[name];
}
