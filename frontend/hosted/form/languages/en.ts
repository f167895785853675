import type { FormWords } from "../words.ts";

export const en: FormWords = {
  language: "en",
  title: (service, app) => (app === null ? `Connect ${service}` : `Connect ${service} to ${app}`),
  kept: (service) =>
    `What you enter is checked with ${service} and kept encrypted. A key or a password is never shown again.`,
  optional: "optional",
  help: "Where to find it",
  newTab: "opens in a new tab",
  show: (title) => `Show ${title}`,
  hidden: (lines) => (lines === 1 ? "Entered and hidden: 1 line" : `Entered and hidden: ${lines} lines`),
  choose: "Choose…",
  none: "None",
  fixed: "It stays as it is for the account that you connect again.",
  connect: "Connect",
  checking: (service) => `Checking with ${service}…`,
  required: "This is needed.",
  unlike: (example) =>
    example === null
      ? "This does not look like one. Copy it again, alone and whole."
      : `This does not look like one. It looks like ${example}`,
  refused: (service) => `${service} does not accept this. Nothing was stored. Look again at what you have entered.`,
  unreachable: "There was no answer. Look at your connection to the internet, then try again.",
  unasked: (service) => `${service} cannot be asked right now. Nothing was stored. Try again in a moment.`,
  done: (service) => ({ title: `${service} is connected`, text: "You can close this window." }),
};
