/** What this browser saw last: for the moments before the server has told. It opens nothing. */
const SIGNED_IN = "signed-in";

/** Whether somebody was signed in when this browser was last told. */
export function recallSignedIn(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN) !== null;
  } catch {
    // A browser may keep nothing for this page.
    return false;
  }
}

export function rememberSignedIn(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(SIGNED_IN, "");
    else localStorage.removeItem(SIGNED_IN);
  } catch {
    // Nothing is lost: the page waits for the server.
  }
}
