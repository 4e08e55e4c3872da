import { join } from "@std/path";

/** The names in a folder, sorted; of a private folder, those in it. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const inside = isDirectory && name === ".tcp-chat" ? namesIn(join(folder, name)) : [];
    return inside.length > 0 ? inside.map((file) => `${name}/${file}`) : [name];
  }).sort();
}
