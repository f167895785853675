import type { Description } from "./description.ts";
import { github } from "./github.ts";

/** Every service that is held against a description. */
export const DESCRIPTIONS: readonly Description[] = [github];
