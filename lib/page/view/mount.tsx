import { render } from "preact";
import type { PageModel } from "../model/page_model.ts";
import { startLanguage } from "../text/language.ts";
import { App } from "./app.tsx";
import { startTheme } from "./theme.ts";

/** Shows the page for a model. @param isByLink whether it has come by a link */
export function mountPage(model: PageModel, isByLink: boolean): void {
  startLanguage(navigator.languages);
  startTheme();
  render(<App model={model} isByLink={isByLink} />, document.body);
}
