/** The least a Worker can be. */
export default {
  fetch(): Response {
    return new Response("ok");
  },
};
