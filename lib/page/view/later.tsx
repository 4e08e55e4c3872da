import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import type { LATER_VIEWS } from "./later_views.ts";
import { attempt } from "./notices.tsx";

type LaterViews = typeof LATER_VIEWS;

/** A view that is loaded when it is first shown, so that the page is usable before. */
export function later<K extends keyof LaterViews>(name: K): LaterViews[K] {
  return lazy(async () => {
    const [{ LATER_VIEWS }] = await Promise.all([import("./later_views.ts"), loadStyle()]);
    return LATER_VIEWS[name] as FunctionComponent;
  }) as LaterViews[K];
}

let style: Promise<void> | null = null;

/** Loads the style of the later views; without it they are ugly, but there. */
function loadStyle(): Promise<void> {
  return style ??= new Promise((resolve) => {
    const link = document.createElement("link");
    Object.assign(link, {
      rel: "stylesheet",
      href: "/later.css",
      onload: resolve,
      onerror: resolve,
    });
    document.head.append(link);
  });
}

function lazy<P extends object>(
  load: () => Promise<FunctionComponent<P>>,
): FunctionComponent<P> {
  const loaded = signal<FunctionComponent<P> | null>(null);
  let loading: Promise<void> | null = null;
  const start = () => {
    loading ??= load().then((view) => {
      loaded.value = view;
    }).catch((error) => {
      loading = null;
      throw error;
    });
    attempt(loading);
  };
  return function Lazy(properties: P) {
    const View = loaded.value;
    useEffect(() => {
      if (loaded.value === null) start();
    }, []);
    return View === null ? null : <View {...properties} />;
  };
}
