/** Where people can untick a part of what is asked, and what the token answer says then. */
import { beforeEach, describe, expect, it } from "vitest";
import { sandboxClient } from "../../sandbox/clients.ts";
import { control } from "../support/emulator.ts";
import { ask, consentTo, redeem, redirectUri } from "../support/sandbox.ts";

const DRIVE = "https://www.googleapis.com/auth/drive.metadata.readonly";
const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";
const GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth";
const SLACK = "https://slack.com/oauth/v2/authorize";

beforeEach(() => Promise.all([control("google").reset(), control("slack").reset()]));

/** The scopes that the consent page has a tick box for. */
async function tickBoxes(service: "google" | "slack", dialog: string, asked: Record<string, string>) {
  const params = {
    client_id: sandboxClient(service).client_id,
    redirect_uri: redirectUri(service),
    state: "s",
    response_type: "code",
    ...asked,
  };
  const page = await ask(service, `${dialog}?${new URLSearchParams(params).toString()}`);
  return [...(await page.text()).matchAll(/name="ticked" value="([^"]+)"/g)].map(([, scope]) => scope);
}

describe("Google", () => {
  it.each([
    [`openid email ${DRIVE}`, [DRIVE]],
    [`${DRIVE} ${CALENDAR}`, [DRIVE, CALENDAR]],
    [DRIVE, []],
    ["openid email profile", []],
  ])("lets people untick all but who they are, and never the only scope: %s", async (scope, boxes) => {
    expect(await tickBoxes("google", GOOGLE, { scope })).toEqual(boxes);
  });

  it("says in callback and token answer what was left", async () => {
    const scope = `openid ${DRIVE} ${CALENDAR}`;
    const back = await consentTo("google", GOOGLE, { scope }, { ticked: [CALENDAR] });
    expect(back.get("scope")).toBe(`openid ${CALENDAR}`);
    expect(await redeem("google", "https://oauth2.googleapis.com/token", back.get("code"))).toMatchObject({
      scope: `openid ${CALENDAR}`,
    });
  });
});

it("lets people untick at Slack what the app has marked as optional, and nothing else", async () => {
  const asked = { user_scope: "channels:read,users:read,team:read" };
  expect(await tickBoxes("slack", SLACK, asked)).toEqual([]);
  await control("slack").settings({ optional_scopes: ["team:read", "users:read"] });
  expect(await tickBoxes("slack", SLACK, asked)).toEqual(["users:read", "team:read"]);
  const back = await consentTo("slack", SLACK, asked, { ticked: ["team:read"] });
  expect(await redeem("slack", "https://slack.com/api/oauth.v2.access", back.get("code"))).toMatchObject({
    authed_user: { scope: "channels:read,team:read" },
  });
});
