/** The emulated services as a client of theirs sees them, without Latchkey between. */
import { env } from "cloudflare:workers";
import * as z from "zod";
import { sandboxClient, type ServiceName } from "../../sandbox/clients.ts";
import { askEmulator } from "../../sandbox/world.ts";
import { PROVIDERS } from "./emulator.ts";

/** Where the app that every service knows is called back. */
export const redirectUri = (service: ServiceName): string => `http://localhost:8787/callback/${service}`;

/** A request to a service, by the address that the real one has. */
export function ask(service: ServiceName, url: string, init: RequestInit = {}): Promise<Response> {
  return askEmulator(env.EMULATOR, new Request(url.replace("https://", `${PROVIDERS}/${service}/`), init));
}

/** What a service answers, as JSON. */
export async function jsonOf(answer: Response): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse(await answer.json());
}

/** What a person does at the dialog. @returns the parameters of the callback */
export async function consentTo(
  service: ServiceName,
  dialog: string,
  asked: Readonly<Record<string, string>>,
  person: { decision?: "allow" | "deny"; account?: number; ticked?: readonly string[] } = {},
): Promise<URLSearchParams> {
  const url = new URL(dialog.replace("https://", `${PROVIDERS}/${service}/`));
  const { client_id } = sandboxClient(service);
  const params = { client_id, redirect_uri: redirectUri(service), state: "a state", response_type: "code", ...asked };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const answer = await askEmulator(
    env.EMULATOR,
    new Request(`${PROVIDERS}/${service}/_control/consent`, {
      method: "POST",
      body: JSON.stringify({ url: url.href, decision: "allow", ...person }),
    }),
  );
  const { location } = z.object({ location: z.string() }).parse(await answer.json());
  return new URL(location).searchParams;
}

/** Redeems a code. @returns the token answer */
export async function redeem(service: ServiceName, endpoint: string, code: string | null) {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code: code ?? "",
    redirect_uri: redirectUri(service),
    ...sandboxClient(service),
  });
  return jsonOf(await ask(service, endpoint, { method: "POST", body }));
}
