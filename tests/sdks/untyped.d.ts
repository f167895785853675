/** The parts of spotify-web-api-node that make its addresses, which its types leave out. */
interface SpotifyRequestBuilder {
  withScheme(scheme: string): SpotifyRequestBuilder;
  withHost(host: string): SpotifyRequestBuilder;
  withPort(port: number): SpotifyRequestBuilder;
  withAuth(token: string | undefined): SpotifyRequestBuilder;
}

declare module "spotify-web-api-node/src/base-request.js" {
  export function builder(): SpotifyRequestBuilder;
}

declare module "spotify-web-api-node/src/webapi-request.js" {
  const webApi: { builder: (token: string | undefined) => SpotifyRequestBuilder };
  export default webApi;
}
