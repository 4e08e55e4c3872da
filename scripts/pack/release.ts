import { fromFileUrl, join } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { manPages, releaseDate } from "../write_man.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** What all packages of a release share. */
export interface Release {
  readonly version: string;
  readonly date: Date;
  /** The man pages by their paths, such as `man1/tcp-chat.1`. */
  readonly pages: ReadonlyMap<string, string>;
  /** The licences of this project and of what the executable holds. */
  readonly licenses: string;
  /** A file of the project, as text. */
  readonly read: (path: string) => string;
}

/** The release that the project is at. @param licenses see {@link Release.licenses} */
export function thisRelease(licenses: string): Release {
  const read = (path: string) => Deno.readTextFileSync(join(ROOT, path));
  const date = releaseDate(Deno.env.get("SOURCE_DATE_EPOCH"), read("CHANGELOG.md"));
  return { version: config.version, date, pages: manPages(date), licenses, read };
}

/**
 * Runs a program of the system, with the time of the release for all that it packs.
 *
 * @throws {Error} with what it wrote when it fails
 */
export async function runTool(
  command: string,
  args: readonly string[],
  { date }: Release,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { LC_ALL: "C", SOURCE_DATE_EPOCH: String(Math.floor(date.getTime() / 1000)) },
    stdout: "null",
  }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
}
