import type { PagePlatform } from "./platform.ts";
import { takeArrival } from "./arrival.ts";
import { linkLogin } from "./link_login.ts";
import type { TabLogin } from "./tab_login.ts";

/**
 * Takes over what the address of the page brings.
 *
 * @param key of the link to files that it names; `null` for none
 * @returns the login by that link
 */
export async function arrive(
  key: string | null,
  { browser }: Pick<PagePlatform, "browser">,
): Promise<TabLogin | null> {
  takeArrival(key, browser);
  return key === null ? null : await linkLogin(key, browser);
}
