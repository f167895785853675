import { BUSINESS } from "./business.ts";
import { MODELS } from "./models.ts";
import { SEARCHING } from "./searching.ts";

export const CATALOGUE_SDKS = [...MODELS, ...SEARCHING, ...BUSINESS];
