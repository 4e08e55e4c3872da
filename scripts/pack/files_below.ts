import { join } from "@std/path";

/** The paths of the files in a folder and its subfolders, with forward slashes. */
export function filesBelow(folder: string, path = ""): string[] {
  return [...Deno.readDirSync(join(folder, path))].flatMap(({ name, isDirectory }) => {
    const child = path === "" ? name : `${path}/${name}`;
    return isDirectory ? filesBelow(folder, child) : [child];
  });
}
