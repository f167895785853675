/** In Node: what is given comes as a variable, what was seen is printed. */
import { scenario } from "./scenario.js";

console.log(JSON.stringify(await scenario(JSON.parse(process.env["GIVEN"] ?? ""))));
