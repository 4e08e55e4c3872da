import { loadPart } from "./net/load_part.ts";
import { browserPlatform } from "./net/platform.ts";
import { createPageModel } from "./state/page_state.ts";
import { mountPage } from "./view/mount.tsx";
import { watchParts } from "./view/notices.tsx";

/** The address of a page that comes by a link, to send files or to get some, and the key of the link. */
const BY_LINK = /#\/(?:send|get)\/([^/?]*)/;

const keyOf = (address: string) => BY_LINK.exec(address)?.[1] ?? null;
const key = keyOf(location.hash);
addEventListener("hashchange", ({ oldURL, newURL }) => {
  if (keyOf(oldURL) !== keyOf(newURL)) location.reload();
});
watchParts();
// By a link, to files or of the page at another server of the cluster
const login = key === null && !location.hash.includes("?")
  ? Promise.resolve(null)
  : loadPart(import("./net/arrive.ts").then(({ arrive }) => arrive(key, browserPlatform())));
login.then(
  (found) => mountPage(createPageModel(found), key !== null),
  () => mountPage(null, true),
);
