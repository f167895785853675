/** The production entry: the real world, and the class whose objects hold the connections. */
import { createApp } from "./app.ts";
import { realWorld } from "./world.ts";

export { Vault } from "./connections/vault.ts";

export default createApp(realWorld);
