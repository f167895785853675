/** The SDKs of services that ask for a key, each unmodified. */
import { anthropic } from "./anthropic.ts";
import { deepgram } from "./deepgram.ts";
import { easypost } from "./easypost.ts";
import type { KeySdk } from "./key-sdk.ts";
import { openai } from "./openai.ts";
import { resend } from "./resend.ts";
import { sendgrid } from "./sendgrid.ts";
import { stripe } from "./stripe.ts";
import { twilio } from "./twilio.ts";
import { youtube } from "./youtube.ts";

export const KEY_SDKS: readonly KeySdk[] = [
  openai,
  anthropic,
  stripe,
  twilio,
  sendgrid,
  resend,
  deepgram,
  easypost,
  youtube,
];
