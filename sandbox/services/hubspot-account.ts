import { hubspotPortal } from "../data/hubspot.ts";
import { json } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { HUBSPOT_API as API } from "./hubspot-http.ts";

const HOUR = 3_600_000;

/** What the portal is: https://developers.hubspot.com/docs/api-reference/account-account-info-v3/guide */
export const accountRoutes: readonly Route[] = ["v3", "2026-03"].map((version) =>
  api("GET", API, `/account-info/${version}/details`, ["oauth"], details),
);

function details({ account }: ApiContext): Response {
  const { portalId } = hubspotPortal(account);
  return json({
    portalId,
    accountType: "STANDARD",
    timeZone: "Europe/Stockholm",
    companyCurrency: "EUR",
    additionalCurrencies: [],
    utcOffset: "+01:00",
    utcOffsetMilliseconds: HOUR,
    uiDomain: "app.hubspot.com",
    dataHostingLocation: "na1",
  });
}
