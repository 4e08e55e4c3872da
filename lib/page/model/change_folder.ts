import type { FolderModel, FolderRow } from "./page_model.ts";

// No functions of others are used here: sharing them would make the page larger that loads first

/** Makes a folder in the shown one. @throws {RequestError} */
export async function makeFolderIn(folder: FolderModel, name: string): Promise<void> {
  const { value: above } = folder.path;
  await folder.change("MKDR", { path: above === "" ? name : `${above}/${name}` });
}

/** Gives an entry of the shown folder another name. @throws {RequestError} `exists` … */
export async function renameIn(
  folder: FolderModel,
  { path, name }: Pick<FolderRow, "path" | "name">,
  newName: string,
): Promise<void> {
  await folder.change("MOVE", { path, to: path.slice(0, -name.length) + newName });
}

/** Removes an entry, a folder with what is in it, and returns how much of that is left. @throws {RequestError} */
export async function removeIn(folder: FolderModel, path: string): Promise<number> {
  const { omitted } = await folder.change("DELE", { path, recursive: true });
  const count = typeof omitted === "object" && omitted !== null && "count" in omitted
    ? omitted.count
    : 0;
  return typeof count === "number" ? count : 0;
}
