import { signal } from "@preact/signals";

/** The views of the page. */
export const VIEWS = ["talk", "files", "transfers"] as const;

export type View = typeof VIEWS[number];

/** A place in the page, as its address names it after the `#`. */
export interface Route {
  readonly view: View;
  /** A folder without slashes at its ends; a room, or `@` and the nick of a private talk. */
  readonly name: string;
}

/** The place that is shown. */
export const route = signal<Route>({ view: "talk", name: "" });

/** What addresses name the files by. */
let files: string = VIEWS[1];

/** Lets addresses name the files by the link that the page has come by: `get/ID.SECRET`. */
export function nameFiles(name: string): void {
  files = name;
}

/** Reads `#/files/PATH`, `#/talk/ROOM` and `#/transfers`; the talk for anything else. */
export function parseRoute(hash: string): Route {
  const [, first = "", ...rest] = hash.replace(files, VIEWS[1]).split("/");
  const view = VIEWS.find((each) => each === first) ?? "talk";
  return { view, name: rest.map(decode).filter((part) => part !== "").join("/") };
}

/** The same as text. */
export function formatRoute({ view, name }: Route): string {
  const parts = name === "" ? [] : name.split("/").map(encodeURIComponent);
  return ["#", view === VIEWS[1] ? files : view, ...parts].join("/");
}

/** Shows another place; the browser's history remembers it. */
export function go(to: Route): void {
  location.hash = formatRoute(to);
}

/** Follows the address; returns what ends that. */
export function followAddress(): () => void {
  const follow = () => {
    route.value = parseRoute(location.hash);
  };
  follow();
  addEventListener("hashchange", follow);
  return () => removeEventListener("hashchange", follow);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
