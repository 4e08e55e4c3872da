import { formatTarget, parseTarget } from "../../stream/target.ts";

/** `http://HOST:PORT/…`, as the server shows it for a browser. */
const PAGE = /^http(s?):\/\/([^/?#]+)/i;

/**
 * What an address that is none was meant as, in the quotes that shells need: it lacks its `tcp-chat://`,
 * or is that of the page. `null` for nothing.
 */
export function meantAddress(text: string): string | null {
  const [, secure, page] = PAGE.exec(text) ?? [];
  const address = page === undefined ? text : `${page}${secure ? "?tls" : ""}`;
  try {
    return `'${formatTarget(parseTarget(`tcp-chat://${address}`))}'`;
  } catch {
    return null;
  }
}
