/**
 * `npm run reseal -- https://connect.example.com`: has everything a deployment holds sealed anew with its active key, with the
 * ADMIN_KEY of the environment, and follows that to its end. When it says that everything is, the old key may be taken out of
 * SEALING_KEYS a day later. The deployment goes on by itself where this is interrupted; run again, it follows the same job.
 */
import { begin, fail, follow } from "./job-progress.ts";

const [address, ...rest] = process.argv.slice(2);
const key = process.env["ADMIN_KEY"];
if (!address || !URL.canParse(address) || !key || rest.length > 0) {
  console.error("Usage: ADMIN_KEY=... npm run reseal -- https://connect.example.com");
  process.exit(2);
}
const deployment = { address, key };
try {
  const { counts } = await follow(
    deployment,
    await begin(deployment, "/keys/reseal"),
    ({ counts: { vaults, resealed, left } }) =>
      `${vaults} vaults visited, ${resealed} records sealed anew, ${left} not possible now`,
  );
  if (counts.left > 0)
    throw new Error(`${counts.left} records cannot be opened with the keys there are. Leave the old key in.`);
  console.log(
    "Everything is sealed with the active key. The old one may go after a day, when revocations have run out.",
  );
} catch (error) {
  fail(error, "What was sealed anew stays so; run this again to go on.");
}
