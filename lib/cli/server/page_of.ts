import type { WebPage } from "../../server/web_page.ts";
import { webPage } from "../../web/web_page.ts";

/** The options of the command line that are about the page. */
interface PageValues {
  readonly name: string | undefined;
  readonly "no-web": boolean;
  readonly "web-host": readonly string[] | undefined;
}

/** The page that the server shows to browsers; `null` for none. */
export function pageOf(
  { name = Deno.hostname(), "no-web": hasNone, "web-host": hosts = [] }: PageValues,
): WebPage | null {
  if (hasNone) return null;
  return webPage({
    name,
    ownNames: [Deno.hostname().toLowerCase()],
    hosts: hosts.map((host) => host.toLowerCase()),
  });
}
