/** The last page in a connect popup: tells its opener what became of it, and nobody else. */
const returnTo = document.currentScript?.dataset["returnTo"];
if (returnTo !== undefined) {
  const place = new URL(returnTo);
  const opener: unknown = window.opener;
  // A window of another origin is no instance of this page's Object.
  if (
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
