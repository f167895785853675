/** An app's colour on the hosted pages: whatever it is, it stands out, and what is written on it can be read. */
import { expect, it } from "vitest";
import { contrast, paintsOf, parse } from "../../frontend/hosted/accent.ts";

/** WCAG 2.2: 1.4.11 for what tells a control from its ground, 1.4.3 for text. */
const [STANDS_OUT, CAN_BE_READ] = [3, 4.5];
const GROUNDS = { light: parse("#ffffff"), dark: parse("#181a20") };

/** Colours all through the cube, its corners among them. */
const COLOURS = [0, 51, 102, 153, 204, 255].flatMap((red, _, steps) =>
  steps.flatMap((green) =>
    steps.map((blue) => `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`),
  ),
);

it.each(["light", "dark"] as const)("any colour stands out in the %s scheme and can be written on", (scheme) => {
  for (const colour of COLOURS) {
    const { color, ink } = paintsOf(colour)[scheme];
    expect(contrast(parse(color), GROUNDS[scheme]), colour).toBeGreaterThanOrEqual(STANDS_OUT);
    expect(contrast(parse(color), parse(ink)), colour).toBeGreaterThanOrEqual(CAN_BE_READ);
  }
});

it("a colour that stands out stays as it is", () => {
  expect(paintsOf("#0f766e").light).toEqual({ color: "#0f766e", ink: "#ffffff" });
  expect(paintsOf("#ffd400").dark).toEqual({ color: "#ffd400", ink: "#000000" });
});

it("contrast is that of WCAG", () => {
  expect(contrast(parse("#000000"), parse("#ffffff"))).toBeCloseTo(21, 5);
  expect(contrast(parse("#777777"), parse("#ffffff"))).toBeCloseTo(4.48, 2);
});
