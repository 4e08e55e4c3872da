import { loadByUrl } from "../load_by_url.ts";
import type { WebPage } from "../server/web_page.ts";
import type { WebPageOptions } from "./page_options.ts";
import { redirectToTls, refuseHttp } from "./early_answers.ts";

/**
 * The web page of a server, for `serveWithPage`: chat and files in a browser, on the same port. Everything
 * behind it is loaded when the first browser comes.
 */
export function webPage(options: WebPageOptions = {}): WebPage {
  return {
    urls: (port, isTls) => options.urls?.(port, isTls) ?? [],
    redirectToTls,
    refuse: refuseHttp,
    open: async (host) => {
      const { WebFront } = await loadByUrl<typeof import("./web_front.ts")>(
        new URL("./web_front.ts", import.meta.url),
      );
      return new WebFront(host, options);
    },
  };
}
