/** The end of a visit to our pages: the page that opened the window is told, or the browser goes on to the app. */

/**
 * Tells the opener what became of it, at the origin of the return URL and no other, and closes; where there is no opener any
 * more, goes on there.
 * @param return_to with the outcome in its query
 */
export function leaveTo(return_to: string, display: "page" | "popup"): void {
  const place = new URL(return_to);
  const opener: unknown = window.opener;
  // A window of another origin is no instance of this page's Object.
  if (
    display === "popup" &&
    typeof opener === "object" &&
    opener !== null &&
    "postMessage" in opener &&
    typeof opener.postMessage === "function"
  ) {
    opener.postMessage(
      {
        type: "latchkey",
        connection_code: place.searchParams.get("connection_code"),
        error: place.searchParams.get("error"),
      },
      place.origin,
    );
    window.close();
  } else {
    window.location.replace(place);
  }
}
