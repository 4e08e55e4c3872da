import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { join } from "@std/path";
import { COMPLETION_SCRIPTS } from "../../lib/cli/options/completion_scripts.ts";
import { type Release, runTool } from "./release.ts";
import { sizeKib, type Tree, writeTree } from "./tree.ts";

/** Debian's names of the processors. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };
const MAINTAINER = "tcp-chat contributors <tcp-chat@users.noreply.github.com>";
/** Of the package, for one version of the program. */
const REVISION = 1;
const DOC = "usr/share/doc/tcp-chat";

const THIRD_PARTY = `The program contains Deno (MIT, https://deno.com) and libraries. The licences
of the libraries are in /${DOC}/THIRD-PARTY-LICENSES.gz.
`;

/** Why the rules of Debian for compiled programs do not fit: see `lintian-explain-tags`. */
const OVERRIDES = `# The runtime of Deno with the program appended: strip would cut the program off
tcp-chat: unstripped-binary-or-object [usr/bin/tcp-chat]
# Linked into that runtime
tcp-chat: embedded-library *
# Debian tracks no bugs of this package
tcp-chat: initial-upload-closes-no-bugs *
`;

/** Makes `tcp-chat_VERSION-1_ARCHITECTURE.deb`, by dpkg-deb, and returns its path. */
export async function makeDeb(
  executable: string,
  target: string,
  folder: string,
  release: Release,
): Promise<string> {
  const architecture = ARCHITECTURES[target.split("-")[0]!];
  if (architecture === undefined) throw new Error(`Debian has no name for ${target}`);
  const version = `${release.version}-${REVISION}`;
  const temporary = await Deno.makeTempDir({ prefix: "tcp-chat-deb-" });
  try {
    const root = join(temporary, "root");
    const tree = debTree(executable, version, release);
    writeTree(root, tree);
    const control = controlFile(version, architecture, sizeKib(root));
    const sums = Object.entries(tree).filter(([, entry]) => !("linkTo" in entry))
      .map(([path]) => `${md5Of(join(root, path))}  ${path}\n`).sort();
    writeTree(root, {
      "DEBIAN/control": { content: control },
      "DEBIAN/md5sums": { content: sums.join("") },
    });
    const output = join(folder, `tcp-chat_${version}_${architecture}.deb`);
    const options = ["--root-owner-group", "-Zxz", "-z6", "--build"];
    await runTool("dpkg-deb", [...options, root, output], release);
    return output;
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

function debTree(executable: string, version: string, release: Release): Tree {
  const { pages, licenses, read } = release;
  const unit = read("packaging/tcp-chat-server.service").replaceAll("/usr/local/bin/", "/usr/bin/")
    .replace(/^#(?: {3}install| {3}systemctl daemon-reload).*\n/gm, "");
  const bash = "usr/share/bash-completion/completions";
  const fish = "usr/share/fish/vendor_completions.d";
  return {
    "usr/bin/tcp-chat": { copyOf: executable },
    "usr/bin/tcp-chat-server": { linkTo: "tcp-chat" },
    "usr/lib/systemd/system/tcp-chat-server.service": { content: unit },
    [`${bash}/tcp-chat`]: { content: COMPLETION_SCRIPTS.bash },
    [`${bash}/tcp-chat-server`]: { linkTo: "tcp-chat" },
    [`${fish}/tcp-chat.fish`]: { content: COMPLETION_SCRIPTS.fish },
    [`${fish}/tcp-chat-server.fish`]: { linkTo: "tcp-chat.fish" },
    "usr/share/zsh/vendor-completions/_tcp-chat": { content: COMPLETION_SCRIPTS.zsh },
    ...Object.fromEntries(
      [...pages].map(([path, text]) => [`usr/share/man/${path}.gz`, { content: gzip(text) }]),
    ),
    [`${DOC}/copyright`]: { content: `${read("LICENSE")}\n${THIRD_PARTY}` },
    [`${DOC}/THIRD-PARTY-LICENSES.gz`]: { content: gzip(licenses) },
    [`${DOC}/changelog.gz`]: { content: gzip(read("CHANGELOG.md")) },
    [`${DOC}/changelog.Debian.gz`]: { content: gzip(debianChangelog(version, release.date)) },
    "usr/share/lintian/overrides/tcp-chat": { content: OVERRIDES },
  };
}

function controlFile(version: string, architecture: string, installedKib: number): string {
  return `Package: tcp-chat
Version: ${version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${installedKib}
Depends: libc6 (>= 2.27), libgcc-s1 (>= 3.0)
Section: net
Priority: optional
Description: chat and verified file transfer over TCP
 One server and many clients: files go both ways, are checked with SHA-256,
 and go on where they broke off; rooms, private messages and a history.
 .
 The unit tcp-chat-server is installed, but neither enabled nor started.
`;
}

function debianChangelog(version: string, date: Date): string {
  const day = date.toUTCString().replace("GMT", "+0000");
  return `tcp-chat (${version}) unstable; urgency=medium

  * Release ${version.split("-")[0]}: see changelog.gz.

 -- ${MAINTAINER}  ${day}
`;
}

function gzip(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(text, { level: 9 }));
}

function md5Of(path: string): string {
  return createHash("md5").update(Deno.readFileSync(path)).digest("hex");
}
