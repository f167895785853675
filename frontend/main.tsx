/** Starts the page. */
import { render } from "preact";
import { App } from "./app.tsx";
import { handOver } from "./connect-window.ts";
import { takeArrival } from "./route.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app to draw the page in");
const arrival = takeArrival();
if (arrival !== null) await handOver(arrival);
// Still here: the page goes on from the HTML that the build has put there, which is the overview. Another view begins anew:
// parts of the one would be moved to their place in the other before the reader's eyes.
if (/^#\/[^?]/.test(location.hash)) root.replaceChildren();
render(<App arrival={arrival} />, root);
