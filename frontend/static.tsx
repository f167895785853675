/** The page as it is before its script runs, and all of it where none does. The build writes it into index.html. */
import { renderToString } from "preact-render-to-string";
import { Footer, Header, SkipLink } from "./frame.tsx";
import { OverviewLoading } from "./overview.tsx";

const nothing = () => {};

export const page = renderToString(
  <>
    <SkipLink />
    <Header view="overview" signedIn={false} waiting={0} onSignOut={nothing} onSignedIn={nothing} onTold={nothing} />
    <main class="page" id="main" tabIndex={-1}>
      <OverviewLoading />
      <noscript>
        <p>
          You can connect a service without JavaScript. To see what is connected and to disconnect it, this page needs
          JavaScript; <a href="/integrations">the list</a> itself does not.
        </p>
      </noscript>
    </main>
    <Footer />
  </>,
);
