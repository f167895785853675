/** The catalogue. */
import type { Words } from "./words.ts";

const box = {
  id: "box",
  name: "Box",
  category: "Storage",
  kind: "oauth2",
  docs: "https://developer.box.com/guides/authentication/oauth2/",
  mark: "/marks/box.svg",
  aliases: [],
  alternative_to: null,
  registration: { url: "https://app.box.com/developers/console", notes: [] },
  variables: ["BOX_CLIENT_ID", "BOX_CLIENT_SECRET"],
  confidence: "confirmed",
};

export const CATALOGUE_WORDS: Readonly<Record<string, Words>> = {
  "get /catalogue": {
    summary: "Find a service",
    description:
      "Find services that can be connected, by name or by another word for them. An app's integration takes one of them by `provider` with its id. The answer is the same for everybody and may be kept for an hour.",
    answer: { services: [box], next_cursor: null },
  },
  "get /catalogue/{service}": {
    summary: "Read a service",
    description:
      "Read all that is known of a service: where it is, how a client shows who it is, and what its requests look like. What is described so can be changed and registered under a slug of your own. Of the built-in services, whose parts are code, `service` is null.",
    answer: {
      ...box,
      service: {
        id: "box",
        name: "Box",
        category: "Storage",
        docs: "https://developer.box.com/guides/authentication/oauth2/",
        authorization_endpoint: "https://account.box.com/api/oauth2/authorize",
        token_endpoint: "https://api.box.com/oauth2/token",
        token_endpoint_auth_method: "client_secret_post",
        scopes: ["root_readwrite"],
        api_base_url: "https://api.box.com/2.0",
      },
    },
  },
};
