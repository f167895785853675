/** What the tests need of Debian's packages: installed where that can be done without asking anybody. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/**
 * Installs packages where this is Debian and we are root, or CI may become it; elsewhere nothing happens.
 * @param why what they are for, as it is told before it begins
 * @param services what the packages would start by themselves, which stays off
 */
export function installOnDebian(packages: readonly string[], why: string, services: readonly string[] = []): void {
  const asRoot = process.getuid?.() === 0 ? [] : process.env["CI"] ? ["sudo", "--non-interactive"] : null;
  if (asRoot === null || !existsSync("/usr/bin/apt-get")) return;
  console.log(why);
  const run = (...words: readonly string[]): void => {
    const [command = "", ...args] = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", ...words];
    spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  };
  if (services.length > 0 && existsSync("/run/systemd/system")) run("systemctl", "mask", ...services);
  run("apt-get", "--quiet", "--quiet", "update");
  run("apt-get", "--quiet", "--quiet", "install", "--yes", "--no-install-recommends", ...packages);
}
