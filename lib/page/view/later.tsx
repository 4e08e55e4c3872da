import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import type { LATER_PARTS, LATER_VIEWS } from "./later_views.ts";
import { loadPart } from "../net/load_part.ts";
import { addShapes } from "./icon.tsx";

type LaterViews = typeof LATER_VIEWS;

const views = signal<LaterViews | null>(null);
let loading: Promise<typeof LATER_PARTS> | null = null;

/** Loads the later views and their style, if they are not there, and what else nothing needs at first. */
export function loadLater(): Promise<typeof LATER_PARTS> {
  return loading ??= Promise.all([loadPart(import("./later_views.ts")), loadStyle()]).then(
    ([{ LATER_VIEWS, LATER_PARTS }]) => {
      addShapes(LATER_PARTS.shapes);
      views.value = LATER_VIEWS;
      return LATER_PARTS;
    },
  ).catch((error) => {
    loading = null;
    throw error;
  });
}

/** Without it the views are ugly, but there. */
function loadStyle(): Promise<void> {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    const end = () => resolve();
    Object.assign(link, { rel: "stylesheet", href: "/later.css", onload: end, onerror: end });
    document.head.append(link);
  });
}

/** A view that is loaded when it is first shown, so that the page is usable before. */
export function later<K extends keyof LaterViews>(name: K): LaterViews[K] {
  return function Later(properties: object) {
    const View = views.value?.[name] as FunctionComponent<object> | undefined;
    useEffect(() => {
      if (View === undefined) loadLater().catch(() => {}); // The page says so
    }, []);
    return View === undefined ? null : <View {...properties} />;
  } as LaterViews[K];
}
