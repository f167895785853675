/** Starts the page. */
import { render } from "preact";
import { App } from "./app.tsx";
import { takeArrival } from "./route.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app to draw the page in");
render(<App arrival={takeArrival()} />, root);
