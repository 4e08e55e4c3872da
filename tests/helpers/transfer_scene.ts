/// <reference lib="dom" />
import type { Locator, Page } from "playwright-core";

/** Large files take longer than other things. */
export const PATIENT = { timeout: 60_000 };

/** The row of a transfer. */
export function transferRow(page: Page, name: string): Locator {
  return page.getByRole("list", { name: "Transfers" }).getByRole("listitem")
    .filter({ hasText: name }).first();
}

/** Waits until a transfer is in a state. @throws with what the page shows, if that takes too long */
export async function untilState(page: Page, name: string, state: string): Promise<void> {
  const shown = transferRow(page, name).getByText(new RegExp(state, "i")).first();
  await shown.waitFor(PATIENT).catch(async (error) => {
    throw new Error(`The page shows: ${await page.locator("body").innerText()}`, { cause: error });
  });
}

/** Gives files to the input behind "Send files". */
export async function sendFiles(page: Page, ...files: string[]): Promise<void> {
  await page.getByLabel("Choose files").setInputFiles(files);
}

/** Gets a file of the shown folder. Resolves to what the browser has saved. */
export async function getFile(page: Page, name: string): Promise<Uint8Array> {
  const saved = page.waitForEvent("download", PATIENT);
  await fileRow(page, name).getByRole("button", { name: "Get" }).click();
  return Deno.readFileSync(await (await saved).path());
}

/** The names of the transfers that the browser keeps for the page. */
export async function keptJobs(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => request.onsuccess = () => resolve(request.result));
    const database = await settled(indexedDB.open("tcp-chat"));
    const jobs = await settled(database.transaction("jobs").objectStore("jobs").getAll());
    database.close();
    return (jobs as { name: string }[]).map(({ name }) => name);
  });
}

/** The row of a file. */
export function fileRow(page: Page, name: string): Locator {
  return page.getByRole("grid", { name: "Files" }).getByRole("row").filter({ hasText: name });
}

/** Drops files and folders of this machine on the page, as a person does. */
export async function dropFiles(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 900, y: 300, data });
  }
}
