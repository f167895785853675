/** Starts the page. */
import { render } from "preact";
import { App } from "./app.tsx";
import { handOver } from "./connect-window.ts";
import { takeArrival } from "./route.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app to draw the page in");
const arrival = takeArrival();
if (arrival !== null) await handOver(arrival);
// Still here: the page goes on from the HTML that the build has put there.
render(<App arrival={arrival} />, root);
