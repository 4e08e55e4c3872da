import { assert, assertEquals } from "@std/assert";
import { bytesOf, type Content, textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";

const NOT_ALLOWED = "This name is not allowed";
const NOT_FOUND = "File not found";
const NOT_A_FILE = "This is not a regular file";

/** There can be such a file everywhere but on Windows. */
const ONLY_UNIX = Deno.build.os === "windows" ? NOT_ALLOWED : NOT_FOUND;

const NAMES: Record<string, Array<[Content, string]>> = {
  "names that lead out of the folder": [
    ["../secret.txt", NOT_ALLOWED],
    ["folder/../../secret.txt", NOT_ALLOWED],
    ["folder/../inside.txt", NOT_ALLOWED],
    ["..", NOT_ALLOWED],
    ["../", NOT_ALLOWED],
    ["./inside.txt", NOT_ALLOWED],
    ["..\\secret.txt", NOT_ALLOWED],
    ["folder\\..\\..\\secret.txt", NOT_ALLOWED],
    ["%2e%2e/secret.txt", NOT_FOUND],
    ["．．/secret.txt", NOT_FOUND],
  ],
  "absolute names": [
    ["/etc/passwd", NOT_ALLOWED],
    ["//etc/passwd", NOT_ALLOWED],
    ["C:\\Windows\\win.ini", NOT_ALLOWED],
    ["c:/Windows/win.ini", ONLY_UNIX],
    ["\\\\server\\share\\file", NOT_ALLOWED],
    ["\\\\?\\C:\\file", NOT_ALLOWED],
    ["file:///etc/passwd", NOT_ALLOWED],
    ["~/.profile", NOT_FOUND],
  ],
  "names with control characters": [
    ["inside.txt\0", NOT_ALLOWED],
    ["inside.txt\0.png", NOT_ALLOWED],
    ["\0", NOT_ALLOWED],
    ["in\nside.txt", NOT_ALLOWED],
    ["\x1b[2Jinside.txt", NOT_ALLOWED],
    ["\x7f", NOT_ALLOWED],
    ["\u009b2J", NOT_ALLOWED],
  ],
  "names of devices": [
    ["CON", ONLY_UNIX],
    ["nul", ONLY_UNIX],
    ["NUL.txt", ONLY_UNIX],
    ["COM1", ONLY_UNIX],
    ["lpt9.tar.gz", ONLY_UNIX],
    ["folder/AUX", ONLY_UNIX],
    ["PRN/inside.txt", ONLY_UNIX],
    ["COM¹", ONLY_UNIX],
  ],
  "names that mean another file on some systems": [
    ["inside.txt::$DATA", ONLY_UNIX],
    ["inside.txt.", ONLY_UNIX],
    ["folder /inside.txt", ONLY_UNIX],
    ["inside.tx?", ONLY_UNIX],
    ["*", ONLY_UNIX],
    ["<inside.txt", ONLY_UNIX],
    ["|cat", ONLY_UNIX],
    ['"inside.txt"', ONLY_UNIX],
  ],
  "names that are empty or nearly empty": [
    ["", NOT_ALLOWED],
    [" \t\r\n", NOT_ALLOWED],
    ["/", NOT_ALLOWED],
    [".", NOT_ALLOWED],
    ["folder/", NOT_ALLOWED],
    ["folder//below.txt", NOT_ALLOWED],
    ["inside.txt/", NOT_ALLOWED],
    ["folder", NOT_A_FILE],
    ["inside.txt/below", NOT_FOUND],
  ],
  "names that are too long": [
    ["x".repeat(5_000), NOT_ALLOWED],
    ["x".repeat(256), NOT_ALLOWED],
    ["x/".repeat(2_500) + "x", NOT_ALLOWED],
    ["ã".repeat(128), NOT_ALLOWED],
    ["x".repeat(255), NOT_FOUND],
    ["x/".repeat(2_000) + "x", NOT_FOUND],
    ["../".repeat(1_300), NOT_ALLOWED],
    ["x".repeat(65_536), NOT_ALLOWED],
  ],
  "names that are not UTF-8": [
    [Uint8Array.of(0xff, 0xfe, 0x2e, 0x74), NOT_ALLOWED],
    [Uint8Array.of(0xc0, 0xae, 0xc0, 0xae, 0x2f, 0x78), NOT_ALLOWED],
    [Uint8Array.of(0xed, 0xa0, 0x80), NOT_ALLOWED],
    [Uint8Array.of(0x69, 0x80), NOT_ALLOWED],
  ],
  "names into the server's own folder": [
    [".tcp-chat/state", NOT_ALLOWED],
    [".TCP-Chat/state", NOT_ALLOWED],
    [".tcp-chat", NOT_ALLOWED],
    ["folder/.tcp-chat/state", NOT_ALLOWED],
  ],
};

for (const [what, names] of Object.entries(NAMES)) {
  Deno.test(`file name: the server answers ${what} with FERR, and keeps the connection`, async () => {
    await using server = await startServer({}, {
      "root/inside.txt": "inside",
      "inside.txt": "inside",
      "folder/below.txt": "below",
      ".tcp-chat/state": "secret",
    });
    const secret = `${server.root.path}/../secret.txt`;
    using peer = await server.connect();
    for (const [name, text] of names) {
      await peer.sendFrame("FILE", name);
      const frame = await peer.readFrame();
      const shown = JSON.stringify(textOf({ payload: bytesOf(name) })).slice(0, 60);
      assertEquals([frame?.type, frame && textOf(frame)], ["FERR", text], shown);
    }
    // The log has the first refusal of each kind, and sums up the others later
    const refused = server.eventsOf("refused");
    const kinds = new Set(refused.map(({ code, reason }) => `${code} ${reason}`));
    assertEquals(refused.length, kinds.size);
    assert(kinds.size >= new Set(names.map(([, text]) => text)).size, [...kinds].join());
    for (const { path } of server.eventsOf("refused")) {
      assert(path!.length <= 200, "a long name fills the log");
      assertEquals(/\p{Cc}/u.test(path!), false, `control characters in the log: ${path}`);
    }
    assertEquals(server.eventsOf("error"), []);
    await peer.sendFrame("FILE", "inside.txt");
    assertEquals(textOf(await peer.expect("FDAT")), "inside");
    await assertServesOn(server);
    assertEquals(await Deno.stat(secret).catch(() => null), null);
  });
}
