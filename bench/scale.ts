/**
 * The size at which things break, by simulation: 10 million connections, 100,000 apps, 50,000 proxied calls a second. What is
 * decided in it is decided by the product's own code; docs/scale.md says what is assumed. Each run prints the same.
 * `node bench/scale.ts`
 */
import { atSealing } from "./scale/sealing.ts";
import { bounds } from "./scale/breaking.ts";
import { limitedEndpoint } from "./scale/limited.ts";
import { outage } from "./scale/outage.ts";
import { seed } from "./scale/random.ts";
import { toMarkdown } from "./scale/report.ts";
import { steady } from "./scale/steady.ts";

for (const scenario of [steady, outage, atSealing, limitedEndpoint, bounds]) {
  seed(1);
  console.log(toMarkdown(await scenario()));
}
