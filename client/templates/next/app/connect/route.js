import { userOf } from "../../acme.js";
import { connectUrl } from "../../latchkey.js";

/** @param {Request} request */
export async function POST(request) {
  const user = userOf(request.headers.get("cookie"));
  const Location = user === undefined ? "/" : await connectUrl(user);
  return new Response(null, { status: 303, headers: { Location } });
}
