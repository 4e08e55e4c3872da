/** The downloads that docs/web.md shows, with the real programs. */
import { assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { startWebServer } from "../helpers/web.ts";

const CONTENT = patternedBytes(3_000_000);
const NAME = "a b.bin";
/** The other systems lack one of them. */
const ignore = Deno.build.os !== "linux";

interface Run {
  readonly code: number;
  readonly text: string;
}

/** Runs a line of the shell in a folder, with the port of a server that has a file. */
async function run(line: string, kept?: Uint8Array): Promise<Run & { content: Uint8Array | null }> {
  await using server = await startWebServer({}, { [NAME]: CONTENT });
  using folder = new TempDir();
  if (kept !== undefined) folder.write(NAME, kept);
  const url = `http://127.0.0.1:${server.port}/files/a%20b.bin`;
  const command = new Deno.Command("sh", {
    args: ["-ec", line],
    cwd: folder.path,
    env: { URL: url, LC_ALL: "C", no_proxy: "*" },
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const content = await Deno.readFile(folder.join(NAME)).catch(() => null);
  return { code, text, content };
}

Deno.test({ name: "curl: gets a file under its name", ignore }, async () => {
  const { code, text, content } = await run('curl -sS -f -O -J "$URL"');
  assertEquals([code, text], [0, ""]);
  assertEquals(content, CONTENT);
});

Deno.test({ name: "curl -C -: goes on where a download ended", ignore }, async () => {
  const { code, content } = await run(
    `curl -sS -f -C - -o "${NAME}" "$URL"`,
    CONTENT.subarray(0, 1_000_001),
  );
  assertEquals([code, content], [0, CONTENT]);
});

Deno.test({ name: "curl -C -: leaves a whole file as it is", ignore }, async () => {
  const { content } = await run(`curl -sS -C - -o "${NAME}" "$URL"`, CONTENT);
  assertEquals(content, CONTENT);
});

Deno.test({ name: "wget -c: goes on where a download ended", ignore }, async () => {
  const kept = CONTENT.subarray(0, 2_000_000);
  const { code, content } = await run('wget -q -c --content-disposition "$URL"', kept);
  assertEquals([code, content], [0, CONTENT]);
});

Deno.test({ name: "sha256sum -c: takes the line of ?sha256", ignore }, async () => {
  const { code, text } = await run(
    'curl -sS -f -O -J "$URL"; curl -sS -f "$URL?sha256" | sha256sum -c',
  );
  assertEquals([code, text], [0, `${NAME}: OK\n`]);
});

Deno.test({ name: "sha256sum -c: notices a wrong byte", ignore }, async () => {
  const wrong = CONTENT.slice();
  wrong[1_234_567]! ^= 1;
  const { code } = await run('curl -sS -f "$URL?sha256" | sha256sum -c', wrong);
  assertEquals(code, 1);
});
