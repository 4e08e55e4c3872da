import { render } from "preact";
import type { PageModel } from "../model/page_model.ts";
import { startLanguage } from "../text/language.ts";
import { App } from "./app.tsx";
import { startTheme } from "./theme.ts";

/** Shows the page for a model. */
export function mountPage(model: PageModel): void {
  startLanguage(navigator.languages);
  startTheme();
  render(<App model={model} />, document.body);
}
