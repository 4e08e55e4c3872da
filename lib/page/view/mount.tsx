import { render } from "preact";
import type { PageModel } from "../model/page_model.ts";
import { startLanguage } from "../text/language.ts";
import { App } from "./app.tsx";
import { Notices } from "./notices.tsx";
import { startTheme } from "./theme.ts";

/**
 * Shows the page for a model.
 *
 * @param model `null` for none: what it needs cannot be loaded
 * @param isByLink whether it has come by a link
 */
export function mountPage(model: PageModel | null, isByLink: boolean): void {
  startLanguage(navigator.languages);
  startTheme();
  render(model === null ? <Lacking /> : <App model={model} isByLink={isByLink} />, document.body);
}

/** What stands there for the page while a part that it begins with cannot be loaded. */
function Lacking() {
  return (
    <main>
      <h1 class="sr">tcp-chat</h1>
      <Notices />
    </main>
  );
}
