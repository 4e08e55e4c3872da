import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PageModel } from "../model/page_model.ts";

const Context = createContext<PageModel | null>(null);

/** Gives the views below it their model. */
export const ModelProvider = Context.Provider;

/** The model of the page. */
export function useModel(): PageModel {
  const model = useContext(Context);
  if (model === null) throw new Error("Cannot show a view: it has no model");
  return model;
}
