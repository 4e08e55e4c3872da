import { browserPlatform } from "./net/platform.ts";
import { createPageModel } from "./state/page_state.ts";
import { mountPage } from "./view/mount.tsx";

/** The address of a page that comes by a link, to send files: the key of the link follows. */
const BY_LINK = "#/send/";

// A link of the page at another server of the cluster
if (location.hash.includes("?")) (await import("./net/arrival.ts")).takeArrival();
const { hash } = location;
const isReceiver = hash.startsWith(BY_LINK);
const login = isReceiver
  ? await (await import("./net/link_login.ts")).linkLogin(hash, browserPlatform().browser)
  : null;
addEventListener("hashchange", ({ oldURL, newURL }) => {
  if ((oldURL + newURL).includes(BY_LINK)) location.reload();
});
mountPage(createPageModel(login), isReceiver);
