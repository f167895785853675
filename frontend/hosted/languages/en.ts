import type { Words } from "../words.ts";

const back = (app: string | null): string =>
  app === null ? "Go back to where you came from and start again." : `Go back to ${app} and start again.`;

export const en: Words = {
  language: "en",
  loading: "One moment…",
  title: (app) => `Connect an account to ${app}`,
  person: (who) => `For ${who}`,
  search: "Search services",
  found: (count) => (count === 1 ? "1 service" : `${count} services`),
  noneFound: "No service is called that.",
  nothing: (app) => `${app} has nothing to connect yet.`,
  asks: (app, service) => `${app} asks for access to your ${service} account`,
  may: "It will be able to:",
  decides: (service) => `${service} will show you what it is about.`,
  later: (service) => `${service} asks you next. You can say no there, and take the access back at any time.`,
  goOn: (service) => `Continue to ${service}`,
  uses: (app) => `${app} will use it with the key or the password that you enter, and may do what that allows.`,
  entering: (service) => `Next you enter what ${service} has given you, such as an API key.`,
  toForm: "Continue",
  leaving: (service) => `Taking you to ${service}…`,
  cancel: "Cancel",
  others: "Choose another service",
  again: "Try again",
  close: "Close this window",
  problems: {
    used: (app) => ({ title: "This link was used already", text: `It works once. ${back(app)}` }),
    expired: (app) => ({ title: "This link is no longer valid", text: `Its time is over. ${back(app)}` }),
    elsewhere: (app) => ({
      title: "This was begun in another browser",
      text: `It goes on in that one only. ${back(app)}`,
    }),
    cancelled: (app) => ({ title: "This was cancelled", text: `Nothing was connected. ${back(app)}` }),
    damaged: (app) => ({ title: "This link does not work", text: `It is damaged or long over. ${back(app)}` }),
    unavailable: (app) => ({
      title: "This cannot be connected right now",
      text: `It is not set up. ${app === null ? "Tell the people who sent you here." : `Tell the people of ${app}.`}`,
    }),
    other: (app) => ({
      title: "This is another account",
      text: `It is not the one to connect again, so nothing has changed. ${back(app)}`,
    }),
    full: (app) => ({
      title: "There are too many accounts",
      text: `Nothing was connected. Disconnect one that you do not need. ${back(app)}`,
    }),
    busy: () => ({ title: "Too many tries", text: "Wait a moment, then try again." }),
    failed: () => ({ title: "This did not work", text: "Nothing was connected. Try again in a moment." }),
    missing: () => ({
      title: "There is nothing here",
      text: "Look at the address, or go back to where you came from.",
    }),
  },
};
