/** The page of applications that bring no sign-in of their own: who it is, and that it is allowed. */
export function signInPage(action: string): string {
  return `<!doctype html>
<title>Sign in</title>
<form method="post" action="${action.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}">
  <label>Name <input name="login"></label>
  <label>Password <input name="password" type="password"></label>
  <button type="submit">Allow</button>
</form>`;
}
