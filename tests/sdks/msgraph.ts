import { AllowedHostsValidator, BaseBearerTokenAuthenticationProvider } from "@microsoft/kiota-abstractions";
import { createGraphServiceClient, GraphRequestAdapter } from "@microsoft/msgraph-sdk";
import { BatchRequestContent } from "@microsoft/msgraph-sdk-core";
import { createODataErrorFromDiscriminatorValue } from "@microsoft/msgraph-sdk/models/oDataErrors/index.js";
// oxlint-disable-next-line import/no-unassigned-import -- as its README says: it puts `me` and `users` on the client
import "@microsoft/msgraph-sdk-users";
import { sdks } from "latchkey-client/sdks";
import { microsoftItems } from "../../sandbox/data/microsoft-drive.ts";
import { AWKWARD, type At, type Sdk } from "./sdk.ts";

// @microsoft/msgraph-sdk, http://localhost:8787/proxy/microsoft
export function toAdapter(at: Pick<At, "api" | "key">): GraphRequestAdapter {
  const { baseUrl, hosts, token } = sdks.msgraph(at);
  const allowed = new AllowedHostsValidator(hosts);
  const adapter = new GraphRequestAdapter(
    new BaseBearerTokenAuthenticationProvider({
      getAuthorizationToken: (url = "") => Promise.resolve(allowed.isUrlHostValid(url) ? token : ""),
      getAllowedHostsValidator: () => allowed,
    }),
  );
  adapter.baseUrl = baseUrl;
  return adapter;
}

const errors = { XXX: createODataErrorFromDiscriminatorValue };
const file = microsoftItems(1).find(({ mimeType }) => mimeType !== null)?.id ?? "";

export const msgraph: Sdk = {
  name: "@microsoft/msgraph-sdk",
  service: "microsoft",
  needsHttps: false,
  calls: (at) => {
    const adapter = toAdapter(at);
    const { me } = createGraphServiceClient(adapter);
    const below = (path: string) => `${adapter.baseUrl}${path}`;
    let driveId = "";
    let message = "";
    let contact = "";
    return {
      "reads who it is": () => me.get({ queryParameters: { select: ["id", "displayName", "mail"] } }),
      "reads the drive": async () => {
        driveId = (await me.drive.get())?.id ?? "";
      },
      "lists drives": () => me.drives.get({ queryParameters: { top: 1 } }),
      "reads a drive": () => me.drives.byDriveId(driveId).get(),
      "reads an item by an address": () => me.drive.withUrl(below(`/me/drive/items/${file}`)).get(),
      "lists teams": () => me.joinedTeams.get(),
      "writes a message": async () => {
        const body = { content: AWKWARD };
        message = (await me.messages.post({ subject: AWKWARD, body }))?.id ?? "";
      },
      "updates a message": () => me.messages.byMessageId(message).patch({ subject: `${AWKWARD}!` }),
      "lists messages": () => me.messages.get({ queryParameters: { top: 2, select: ["id", "subject"] } }),
      "deletes a message": () => me.messages.byMessageId(message).delete(),
      "writes a contact": async () => {
        const emailAddresses = [{ address: "a+b@northwind.example" }];
        contact = (await me.contacts.post({ givenName: AWKWARD, emailAddresses }))?.id ?? "";
      },
      "deletes a contact": () => me.contacts.byContactId(contact).delete(),
      "makes a batch": async () => {
        const batch = new BatchRequestContent(adapter, errors);
        batch.addBatchRequest(me.toGetRequestInformation());
        batch.addBatchRequest(me.drive.toGetRequestInformation());
        return batch.postAsync();
      },
    };
  },
};
