/** Hostile text of a client, as every terminal shows it. */
import { assert } from "@std/assert";
import { Program } from "../helpers/program.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, Terminal } from "../helpers/terminal.ts";

/** Moves the cursor and sets the title. The server accepts it from original clients only, and cleans it. */
const CONTROLS = "\x1b[2J\x1b[1A\x1b]0;title\x07\x9b31m\x1bP+q\x1b\\\b\b\b\x7f\x00\x0e";
/** Characters that reverse the line, stack on each other, or are invisible. */
const FORMATTING = `\u202egpj\u2066x\u200f\u061ca${"\u0301".repeat(8)}\u200b\u00ad\ufeff\u{e0041}`;
/** Both after cleaning. */
const CLEANED_CONTROLS = "[2J[1A]0;title31mP+q\\";
const CLEANED_FORMATTING = `gpjxa${"\u0301".repeat(4)}`;
/** Sequences that no terminal may receive. */
const FORBIDDEN = [
  "\x1b[1A\x1b]0",
  "\x1b]0;",
  "\x07",
  "\x9b",
  "\x1bP",
  "\b\b",
  "\x7f",
  "\x00",
  "\x0e",
  "\u202e",
  "\u2066",
  "\u200f",
  "\u061c",
  "\u0301".repeat(5),
  "\u200b",
  "\u00ad",
  "\ufeff",
  "\u{e0041}",
];

Deno.test({
  name: "client, listen, log, console: show hostile text the same way, without control characters",
  ignore: !hasTerminal(),
  async fn() {
    using folder = new TempDir();
    const folders = ["-r", folder.join("root"), "--data", folder.join("data")];
    await using server = new Terminal("server", ["-H", "127.0.0.1", "-p", "0", ...folders]);
    await server.endsWith(">");
    const port = /, port (\d+)/.exec(server.lines.join(""))![1]!;
    await using client = new Terminal("client", ["127.0.0.1", port]);
    await client.endsWith("[lobby] >");
    await using listener = new Program("client", ["listen", `127.0.0.1:${port}`]);
    await server.waitUntil((lines) => lines.some((line) => line.includes("client 2 ")), "listen");
    await using original = new Program("client", [
      "listen",
      `127.0.0.1:${port}`,
      "--protocol",
      "1",
    ]);
    await server.waitUntil((lines) => lines.some((line) => line.includes("client 3 ")), "listen");

    using peer = await Protocol2Peer.connect(Number(port), { agent: CONTROLS + FORMATTING });
    await peer.send("SEND", { id: 1, to: "guest-1", text: `first${FORMATTING}end` });
    using raw = await RawPeer.connect(Number(port));
    await raw.sendFrame("CHAT", `second${CONTROLS}${FORMATTING}end`);

    const first = `first${CLEANED_FORMATTING}end`;
    const second = `second${CLEANED_CONTROLS}${CLEANED_FORMATTING}end`;
    await client.waitUntil((lines) => lines.join("").includes(first), "the private message");
    for (const terminal of [client, server]) {
      await terminal.waitUntil((lines) => lines.join("").includes(second), "the message to all");
    }
    for (const { stdout } of [listener, original]) await stdout.waitFor(second);
    await server.enter("/who");
    await server.waitUntil((lines) => lines.join("").includes("guest-4"), "the console's answer");
    for (const written of [client.written, server.written, ...textsOf(listener, original)]) {
      for (const sequence of FORBIDDEN) {
        assert(!written.includes(sequence), JSON.stringify([sequence, written]));
      }
    }
  },
});

function textsOf(...programs: Program[]): string[] {
  return programs.flatMap(({ stdout, stderr }) => [stdout.text, stderr.text]);
}
