/** Every registered header field has one place in each direction, and the proxy does with it what that place says. */
import { describe, expect, it } from "vitest";
import {
  ANSWER_DROPPED,
  ANSWER_SET,
  REQUEST_DROPPED,
  fieldTest,
  type Families,
} from "../../src/proxy/header-fields.ts";
import { toCallerHeaders, toUpstreamHeaders } from "../../src/proxy/headers.ts";
import { securityHeaders } from "../../src/security-headers.ts";
import { ANSWER_PASSES, REGISTERED, REQUEST_PASSES } from "./registered-fields.ts";

/** What Latchkey, or the platform under it, says itself. */
const REQUEST_OWN: Families = { own: "Authorization Host Content-Length CDN-Loop" };
const ANSWER_OWN: Families = { own: Object.keys({ ...securityHeaders, ...ANSWER_SET }).join(" ") };

const names = (families: Families): string[] => Object.values(families).flatMap((family) => family.split(" "));
/** `*` is a name of the registry too; here it stands for itself. */
const holds = (families: Families, name: string): boolean => names(families).includes(name);

describe.each([
  { direction: "requests", dropped: REQUEST_DROPPED, own: REQUEST_OWN, passes: REQUEST_PASSES },
  { direction: "answers", dropped: ANSWER_DROPPED, own: ANSWER_OWN, passes: ANSWER_PASSES },
])("of the registry, in $direction", ({ dropped, own, passes }) => {
  it.each(REGISTERED)("%s has one place", (name) => {
    const isOwn = fieldTest(own)(name.toLowerCase());
    const places = [!isOwn && fieldTest(dropped)(name.toLowerCase()), isOwn, holds(passes, name)];
    expect(places.filter(Boolean)).toHaveLength(1);
  });

  it("nothing is said twice", () => {
    for (const families of [dropped, passes]) {
      const said = names(families).map((name) => name.toLowerCase());
      expect(said.filter((name, at) => said.indexOf(name) !== at)).toEqual([]);
    }
    expect(names(passes).filter((name) => !REGISTERED.includes(name))).toEqual([]);
  });
});

/** An example of a field that a family names by its beginning or its end. */
const example = (name: string): string => (name === "*" ? name : name.replace("*", "example"));

describe("what passes", () => {
  it.each(names(REQUEST_PASSES))("on the way there: %s", (name) =>
    expect(toUpstreamHeaders(new Headers({ [name]: "x" }), {}, {}).get(name)).toBe("x"),
  );

  it.each(names(ANSWER_PASSES))("on the way back: %s", (name) =>
    expect(toCallerHeaders(new Headers({ [name]: "x" }), new Headers()).get(name)).toBe("x"),
  );
});

describe("what does not pass", () => {
  it.each(names(REQUEST_DROPPED).map(example))("on the way there: %s", (name) =>
    expect(toUpstreamHeaders(new Headers({ [name]: "x" }), {}, { Authorization: "Bearer token" }).has(name)).toBe(
      false,
    ),
  );

  it.each(names({ ...REQUEST_DROPPED, ...REQUEST_OWN }).map((name) => example(name).replaceAll("-", "_")))(
    "on the way there, as servers that hand fields on as variables read it: %s",
    (name) => expect(toUpstreamHeaders(new Headers({ [name]: "x" }), {}, {}).has(name)).toBe(false),
  );

  it.each(names(ANSWER_DROPPED).map(example))("on the way back: %s", (name) =>
    expect(toCallerHeaders(new Headers({ [name]: "x" }), new Headers()).has(name)).toBe(false),
  );

  it.each(names(ANSWER_OWN))("on the way back, of the provider's: %s", (name) =>
    expect(toCallerHeaders(new Headers({ [name]: "theirs" }), new Headers()).get(name)).not.toBe("theirs"),
  );
});
