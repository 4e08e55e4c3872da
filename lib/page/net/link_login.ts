import { linkUser, parseLinkKey } from "../../protocol/link_key.ts";
import type { KeptTexts } from "../text/kept.ts";
import { keepClaim } from "./link_claims.ts";
import { prepareLogin } from "./prepare_login.ts";
import type { TabLogin } from "./tab_login.ts";

/**
 * The login by the link that the address of the page names.
 *
 * @param text `ID.SECRET`; the server knows no other link
 */
export async function linkLogin(text: string, browser: KeptTexts): Promise<TabLogin> {
  const { id, secret } = parseLinkKey(text) ?? { id: "", secret: "none" };
  const claim = keepClaim(id, crypto.getRandomValues(new Uint8Array(16)).toHex(), browser);
  return { ...await prepareLogin(linkUser(id), secret, () => {}), claim };
}
