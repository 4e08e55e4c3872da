/**
 * Fills the templates of packaging/manifests/ for Homebrew, Scoop and winget, with the version and the
 * hashes of a release, into dist/manifests/: `deno task manifests OWNER/NAME`, after dist/SHA256SUMS
 * is made. The argument is the repository on GitHub.
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import config from "../deno.json" with { type: "json" };
import { filesBelow } from "./pack/files_below.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const TEMPLATES = join(ROOT, "packaging/manifests");

/** What the templates are filled with. */
export interface ReleaseFacts {
  readonly version: string;
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** In hex, by the names of the released files. */
  readonly sums: ReadonlyMap<string, string>;
}

/** The templates by their paths. */
export function manifestTemplates(): Map<string, string> {
  const paths = filesBelow(TEMPLATES);
  return new Map(paths.map((path) => [path, Deno.readTextFileSync(join(TEMPLATES, path))]));
}

/**
 * A template with all placeholders filled in.
 *
 * @throws {Error} when the release has no such file
 */
export function fillManifest(text: string, { version, repository, sums }: ReleaseFacts): string {
  return text.replaceAll("{version}", version).replaceAll("{repository}", repository)
    .replace(/\{sha256 ([^{}]+)\}/g, (_, name: string) => {
      const sum = sums.get(name);
      if (sum === undefined) throw new Error(`The release has no file ${name}`);
      return sum;
    });
}

/** The sums in the format of `sha256sum`, by the names of their files. */
export function parseSums(text: string): Map<string, string> {
  const lines = [...text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)];
  return new Map(lines.map(([, sum = "", name = ""]) => [name, sum]));
}

if (import.meta.main) {
  const [repository = ""] = Deno.args;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    console.error("Which repository? Give OWNER/NAME");
    Deno.exit(2);
  }
  const sums = parseSums(Deno.readTextFileSync(join(ROOT, "dist/SHA256SUMS")));
  const facts = { version: config.version, repository, sums };
  for (const [name, text] of manifestTemplates()) {
    const path = join(ROOT, "dist/manifests", name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, fillManifest(text, facts));
    console.log(path);
  }
}
