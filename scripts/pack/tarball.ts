import { basename, join } from "@std/path";
import { COMPLETION_SCRIPTS } from "../../lib/cli/options/completion_scripts.ts";
import { type Release, runTool } from "./release.ts";
import { type Tree, writeTree } from "./tree.ts";

/** Makes `tcp-chat-VERSION-TARGET.tar.gz`, by GNU tar, and returns its path. */
export async function makeTarball(
  executable: string,
  target: string,
  folder: string,
  release: Release,
): Promise<string> {
  const name = `tcp-chat-${release.version}-${target}`;
  const temporary = await Deno.makeTempDir({ prefix: "tcp-chat-tar-" });
  try {
    writeTree(join(temporary, name), tarballTree(executable, target, release));
    const output = join(folder, `${name}.tar.gz`);
    const owner = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name"];
    const time = `--mtime=@${Math.floor(release.date.getTime() / 1000)}`;
    const args = ["-C", temporary, ...owner, time, "-czf", output, basename(name)];
    await runTool("tar", args, release);
    return output;
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

function tarballTree(executable: string, target: string, release: Release): Tree {
  const { pages, licenses, read } = release;
  const service = target.includes("linux") ? "tcp-chat-server.service" : "tcp-chat-server.plist";
  return {
    "tcp-chat": { copyOf: executable },
    "tcp-chat-server": { linkTo: "tcp-chat" },
    "LICENSE": { content: read("LICENSE") },
    "THIRD-PARTY-LICENSES": { content: licenses },
    "CHANGELOG.md": { content: read("CHANGELOG.md") },
    [service]: { content: read(`packaging/${service}`) },
    "completions/tcp-chat.bash": { content: COMPLETION_SCRIPTS.bash },
    "completions/_tcp-chat": { content: COMPLETION_SCRIPTS.zsh },
    "completions/tcp-chat.fish": { content: COMPLETION_SCRIPTS.fish },
    "completions/tcp-chat.ps1": { content: COMPLETION_SCRIPTS.powershell },
    ...Object.fromEntries([...pages].map(([path, content]) => [`man/${path}`, { content }])),
  };
}
