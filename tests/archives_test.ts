import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { packArchives } from "../scripts/pack_archives.ts";
import { thisRelease } from "../scripts/pack/release.ts";
import { run } from "./helpers/program.ts";
import { needing } from "./helpers/shell_session.ts";
import { TempDir } from "./helpers/temp_dir.ts";

const TARGET = "x86_64-unknown-linux-gnu";
const RELEASE = { ...thisRelease("licences of libraries\n"), date: new Date("2026-11-29") };
/** In place of the executable: it tells how it was called. */
const STUB = '#!/bin/sh\necho "${0##*/} $*"\n';
/** Archives of Linux are made on Linux. */
const ignore = Deno.build.os !== "linux" || needing("dpkg-deb").ignore;

/** Packs the stub, and gives the paths of the archives. */
async function pack(folder: TempDir, target = TARGET): Promise<string[]> {
  const executable = folder.write("stub", STUB);
  return await packArchives(executable, target, folder.path, RELEASE);
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run([command], args);
  assertEquals(code, 0, stderr);
  return stdout;
}

/** The lines of a listing as mode, owner and path, without folders. */
function listed(text: string): string[] {
  return text.trimEnd().split("\n").filter((line) => !line.startsWith("d"))
    .map((line) => line.replace(/^(\S+) (\S+) +\d+ \S+ \S+ (?:\.\/)?/, "$1 $2 ")).sort();
}

Deno.test({
  name: "packArchives: makes a .tar.gz of both names, man pages, completions and licences",
  ignore,
  async fn() {
    using folder = new TempDir();
    const [tarball = ""] = await pack(folder);
    const name = `tcp-chat-${config.version}-${TARGET}`;
    assertEquals(tarball, folder.join(`${name}.tar.gz`));
    const lines = listed(await output("tar", ["tvf", tarball]));
    assertEquals(lines.map((line) => line.replace(`${name}/`, "")), [
      "-rw-r--r-- 0/0 CHANGELOG.md",
      "-rw-r--r-- 0/0 LICENSE",
      "-rw-r--r-- 0/0 THIRD-PARTY-LICENSES",
      "-rw-r--r-- 0/0 completions/_tcp-chat",
      "-rw-r--r-- 0/0 completions/tcp-chat.bash",
      "-rw-r--r-- 0/0 completions/tcp-chat.fish",
      "-rw-r--r-- 0/0 completions/tcp-chat.ps1",
      "-rw-r--r-- 0/0 man/man1/tcp-chat-server.1",
      "-rw-r--r-- 0/0 man/man1/tcp-chat.1",
      "-rw-r--r-- 0/0 man/pt_BR/man1/tcp-chat-server.1",
      "-rw-r--r-- 0/0 man/pt_BR/man1/tcp-chat.1",
      "-rw-r--r-- 0/0 tcp-chat-server.service",
      "-rwxr-xr-x 0/0 tcp-chat",
      "lrwxrwxrwx 0/0 tcp-chat-server -> tcp-chat",
    ]);
    await output("tar", ["xf", tarball, "-C", folder.path]);
    assertEquals(
      await output(folder.join(name, "tcp-chat-server"), ["-u"]),
      "tcp-chat-server -u\n",
    );
  },
});

Deno.test({
  name: "packArchives: makes the same bytes again, and only a .tar.gz for macOS",
  ignore,
  async fn() {
    using folder = new TempDir();
    const paths = await pack(folder);
    const first = paths.map((path) => Deno.readFileSync(path));
    assertEquals((await pack(folder)).map((path) => Deno.readFileSync(path)), first);
    const macos = await pack(folder, "aarch64-apple-darwin");
    assertEquals(macos.length, 1);
    assertStringIncludes(await output("tar", ["tf", macos[0]!]), "/tcp-chat-server.plist\n");
  },
});

Deno.test({
  name: "packArchives: makes a .deb, whose files and unit are in the places of the system",
  ignore,
  async fn() {
    using folder = new TempDir();
    const [, deb = ""] = await pack(folder);
    assertEquals(deb, folder.join(`tcp-chat_${config.version}-1_amd64.deb`));
    const fields = await output("dpkg-deb", ["-f", deb, "Package", "Version", "Architecture"]);
    assertMatch(fields, /^Package: tcp-chat\nVersion: \S+-1\nArchitecture: amd64\n$/);
    const lines = listed(await output("dpkg-deb", ["-c", deb]));
    for (
      const line of [
        "-rwxr-xr-x root/root usr/bin/tcp-chat",
        "lrwxrwxrwx root/root usr/bin/tcp-chat-server -> tcp-chat",
        "-rw-r--r-- root/root usr/lib/systemd/system/tcp-chat-server.service",
        "-rw-r--r-- root/root usr/share/bash-completion/completions/tcp-chat",
        "-rw-r--r-- root/root usr/share/doc/tcp-chat/copyright",
        "-rw-r--r-- root/root usr/share/man/man1/tcp-chat.1.gz",
        "-rw-r--r-- root/root usr/share/man/pt_BR/man1/tcp-chat-server.1.gz",
        "-rw-r--r-- root/root usr/share/zsh/vendor-completions/_tcp-chat",
      ]
    ) assertEquals(lines.includes(line), true, `${line}\n${lines.join("\n")}`);
    const root = folder.join("system");
    await output("dpkg-deb", ["-x", deb, root]);
    const unit = Deno.readTextFileSync(`${root}/usr/lib/systemd/system/tcp-chat-server.service`);
    assertStringIncludes(unit, "\nExecStart=/usr/bin/tcp-chat-server ");
    assertEquals(await output(`${root}/usr/bin/tcp-chat-server`, []), "tcp-chat-server \n");
  },
});

Deno.test({
  name: "packArchives: lintian finds nothing to say about the .deb",
  ignore: ignore || !hasLintian(),
  async fn() {
    using folder = new TempDir();
    const [, deb = ""] = await pack(folder);
    const args = ["--allow-root", "--fail-on", "error,warning", deb];
    const { code, stdout, stderr } = await run(["lintian"], args);
    assertEquals([code, stdout], [0, ""], stderr);
  },
});

function hasLintian(): boolean {
  try {
    return Deno.statSync("/usr/bin/lintian").isFile;
  } catch {
    return false;
  }
}
