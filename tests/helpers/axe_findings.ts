/// <reference lib="dom" />
import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds in a page by all of its rules, one rule a line. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}
