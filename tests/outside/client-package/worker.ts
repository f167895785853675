/** In a Worker: what is given is the request's body, what was seen is the answer. */
import { scenario } from "./scenario.js";

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await scenario(await request.json()));
  },
};
