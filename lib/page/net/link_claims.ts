import type { KeptTexts } from "../text/kept.ts";

/** Where a browser keeps its claims: for a link it counts as one receiver, in whichever tab. */
const NAME = "claims";
/** Links whose claims are kept, those that came last: all of them together take little room. */
const MAX_LINKS = 100;

/** The claim of this browser for a link; `null` if it has none. @param id of the link */
export function findClaim(id: string, browser: Pick<KeptTexts, "get">): string | null {
  return claimsOf(browser).find(([link]) => link === id)?.[1] ?? null;
}

/** Keeps a claim, unless the browser has one for the link. @returns the one that it has now */
export function keepClaim(id: string, claim: string, browser: KeptTexts): string {
  const claims = claimsOf(browser);
  const kept = claims.find(([link]) => link === id);
  if (kept !== undefined) return kept[1];
  browser.set(NAME, JSON.stringify([...claims, [id, claim]].slice(-MAX_LINKS)));
  return claim;
}

/** Whether a text can be a claim: anyone can write a link that brings one. */
export function isClaim(text: string): boolean {
  return /^[\w-]{16,64}$/.test(text);
}

function claimsOf(
  browser: Pick<KeptTexts, "get">,
): readonly (readonly [link: string, claim: string])[] {
  return JSON.parse(browser.get(NAME) ?? "[]");
}
