/** An app's own colour on our pages: moved as little as it takes to stand out, with writing on it that can be read. */

type Color = readonly [red: number, green: number, blue: number];

/** WCAG 2.2, 1.4.11: what tells a control from what is around it. */
const STANDS_OUT = 3;
const BLACK: Color = [0, 0, 0];
const WHITE: Color = [255, 255, 255];
/** What the pages are drawn on; the same as in the stylesheet. */
const GROUNDS = { light: [255, 255, 255], dark: [24, 26, 32] } as const satisfies Record<string, Color>;
const STEPS = 20;

export interface Paint {
  readonly color: string;
  /** What is written on it: black or white, whichever stands out more. */
  readonly ink: string;
}

/** @param accent `#rrggbb` */
export function paintsOf(accent: string): Readonly<Record<keyof typeof GROUNDS, Paint>> {
  const color = parse(accent);
  return { light: paint(color, GROUNDS.light, BLACK), dark: paint(color, GROUNDS.dark, WHITE) };
}

/** The colour, or the first on its way to another one that stands out. */
function paint(color: Color, ground: Color, towards: Color): Paint {
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(color, towards, step / STEPS);
    if (contrast(mixed, ground) >= STANDS_OUT) return { color: write(mixed), ink: inkOn(mixed) };
  }
  return { color: write(towards), ink: inkOn(towards) };
}

const inkOn = (color: Color): string => write(contrast(color, BLACK) >= contrast(color, WHITE) ? BLACK : WHITE);

const mix = ([red, green, blue]: Color, [r, g, b]: Color, share: number): Color => [
  Math.round(red + (r - red) * share),
  Math.round(green + (g - green) * share),
  Math.round(blue + (b - blue) * share),
];

/** The contrast of two colours, from 1 to 21 (WCAG 2.2). */
export function contrast(one: Color, other: Color): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const share = value / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param text `#rrggbb` */
export function parse(text: string): Color {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

const write = (color: Color): string => `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
