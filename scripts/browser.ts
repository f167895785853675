/** Finds the Chromium that the browser tests drive; on Debian, as root, it installs one. Elsewhere it says what to run. */
import { existsSync } from "node:fs";
import { installOnDebian } from "./debian.ts";

const CANDIDATES = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The path of a browser on this machine, or undefined. */
export function findBrowser(): string | undefined {
  return CANDIDATES.find((path) => path && existsSync(path));
}

if (import.meta.main) {
  if (!findBrowser()) {
    installOnDebian(["chromium"], "No browser found: installing Debian's Chromium for the browser tests.");
  }
  if (!findBrowser()) {
    console.error(
      "The browser tests need Chromium or Chrome. On Debian or Ubuntu: sudo apt-get install chromium. " +
        "Elsewhere install Chrome, or set CHROMIUM_PATH to its executable.",
    );
    process.exit(1);
  }
}
