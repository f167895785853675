/**
 * Runs before what a newcomer runs first, on whatever Node there is, and so in JavaScript. `npm run` takes the Node that is
 * installed with the other packages; without them an older one only says that it does not know TypeScript.
 */
import { existsSync } from "node:fs";

if (!existsSync(new URL("../node_modules/wrangler", import.meta.url))) {
  console.error("The packages are not installed. Run: npm install");
  process.exit(1);
}
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `This is Node ${process.versions.node}, and 24 is needed. npm installs one for the project: run npm install without ` +
      "--ignore-scripts, then npm run, which takes it.",
  );
  process.exit(1);
}
