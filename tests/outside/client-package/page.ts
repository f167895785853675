/** In a page: what was seen is what its function gives. */
import { connect, ConnectError } from "latchkey-client/connect";
import { scenario, type Given, type Seen } from "./scenario.js";

/** Connects in a popup; gives the code that it ends with, or why it ended. */
const finish = async (connect_url: string): Promise<string> => {
  try {
    return (await connect(connect_url)).connection_code;
  } catch (error) {
    return error instanceof ConnectError ? `not connected: ${error.code}` : String(error);
  }
};

const page: { run(given: Given): Promise<Seen>; finish(connect_url: string): Promise<string> } = {
  run: scenario,
  finish,
};
Object.assign(window, { page });
