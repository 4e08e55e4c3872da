import { formatTarget, parseTarget } from "../../stream/target.ts";

/** `http://HOST:PORT/…`, as the server shows it for a browser, and the key of a link in it. */
const PAGE = /^http(s?):\/\/([^/?#]+)[^#]*(?:#\/(?:get|send)\/([^/?#]+))?/i;

/**
 * What an address that is none was meant as, in the quotes that shells need: it lacks its `tcp-chat://`,
 * or is that of the page. `null` for nothing.
 */
export function meantAddress(text: string): string | null {
  const [, secure, page, link] = PAGE.exec(text) ?? [];
  const port = page === undefined || /:\d+$/.test(page) ? "" : secure ? ":443" : ":80";
  const query = `?${secure ? "tls&" : ""}${link === undefined ? "" : `link=${link}`}`;
  const address = page === undefined ? text : `${page}${port}${query}`;
  try {
    return `'${formatTarget(parseTarget(`tcp-chat://${address}`))}'`;
  } catch {
    return null;
  }
}
