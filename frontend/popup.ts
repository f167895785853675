/** The last page in a connect popup: tells its opener what became of it, and nobody else. */
import { leaveTo } from "./hosted/outcome.ts";

const returnTo = document.currentScript?.dataset["returnTo"];
if (returnTo !== undefined) leaveTo(returnTo, "popup");
