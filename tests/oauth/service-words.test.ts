/** Whatever the services are known to say at their token endpoints is understood: what passes passes, what is over is over. */
import { describe, expect, it } from "vitest";
import { findService } from "../../sandbox/services/index.ts";
import { speak } from "../../sandbox/words.ts";
import { toMembers } from "../../src/oauth/body.ts";
import { judgeRefusal } from "../../src/oauth/refusals.ts";
import { airtable } from "../../src/providers/airtable.ts";
import { hubspot } from "../../src/providers/hubspot.ts";
import { notion } from "../../src/providers/notion.ts";
import type { Provider } from "../../src/providers/provider.ts";
import type { Spoken } from "../../sandbox/service.ts";
import { answerOf } from "./answers.ts";

async function meaningOf(provider: Provider, spoken: Spoken) {
  const said = speak(spoken);
  const answer = answerOf(said.status, await said.text(), Object.fromEntries(said.headers));
  return judgeRefusal(provider, answer.status, answer.headers, toMembers(answer)).meaning;
}

describe.each([
  ["airtable", airtable],
  ["hubspot", hubspot],
  ["notion", notion],
] as const)("%s", (name, provider) => {
  const { passing, dead } = findService(name).words.token;

  it.each(dead)("is over with $status $body", async (spoken) => {
    expect(await meaningOf(provider, spoken)).toBe("grant_refused");
  });

  it.each(passing)("goes on after $status $body", async (spoken) => {
    expect(await meaningOf(provider, spoken)).not.toMatch(/grant_refused|client_refused/);
  });

  it("names a page for each", () => {
    for (const { source } of [...passing, ...dead]) expect(URL.canParse(source), source).toBe(true);
  });
});
