import { createPageModel } from "./state/page_state.ts";
import { mountPage } from "./view/mount.tsx";

// A link of the page at another server of the cluster
if (location.hash.includes("?")) (await import("./net/arrival.ts")).takeArrival();
mountPage(createPageModel());
