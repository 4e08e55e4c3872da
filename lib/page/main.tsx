import { browserPlatform } from "./net/platform.ts";
import { createPageModel } from "./state/page_state.ts";
import { mountPage } from "./view/mount.tsx";

/** The address of a page that comes by a link, to send files or to get some, and the key of the link. */
const BY_LINK = /#\/(?:send|get)\/([^/]*)/;

// A link of the page at another server of the cluster
if (location.hash.includes("?")) (await import("./net/arrival.ts")).takeArrival();
const keyOf = (address: string) => BY_LINK.exec(address)?.[1] ?? null;
const key = keyOf(location.hash);
const login = key === null
  ? null
  : await (await import("./net/link_login.ts")).linkLogin(key, browserPlatform().browser);
addEventListener("hashchange", ({ oldURL, newURL }) => {
  if (keyOf(oldURL) !== keyOf(newURL)) location.reload();
});
mountPage(createPageModel(login), key !== null);
