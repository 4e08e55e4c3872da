import { assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type RawFrame, rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone } from "../helpers/serves_on.ts";

const CONTENT = patternedBytes(3 * 1024 * 1024 + 1);

function hasNetcat(): boolean {
  if (Deno.build.os === "windows") return false;
  const { success } = new Deno.Command("sh", {
    args: ["-c", "nc -h 2>&1 | grep -q -- 'N.*Shutdown the network socket after EOF'"],
  }).outputSync();
  return success;
}

function assertWholeFile(frames: RawFrame[], content: Uint8Array): void {
  assertEquals(frames.slice(0, 3).map(({ type }) => type), ["FROK", "FMTA", "FHSH"]);
  const data = frames.slice(3);
  assertEquals(new Set(data.map(({ type }) => type)), new Set(["FDAT"]));
  const size = data.reduce((sum, { payload }) => sum + payload.length, 0);
  assertEquals(size, content.length);
  assertEquals(frames[2]!.payload.toHex(), sha256Of(content));
}

Deno.test("plain peer: gets the whole file after shutting down right behind FILE", async () => {
  await using server = await startServer({}, { "file.bin": CONTENT });
  using peer = await server.connect();
  await peer.sendFrame("FILE", "file.bin");
  await peer.closeWrite();
  assertWholeFile(await peer.readToEnd(), CONTENT);
  const { reason } = await server.waitFor("disconnected");
  assertEquals(reason, "ended");
});

Deno.test("plain peer: gets several files after shutting down behind the requests", async () => {
  await using server = await startServer({}, { "file.bin": CONTENT, "small.txt": "small" });
  using peer = await server.connect();
  await peer.send(
    rawFrame("FILE", "file.bin"),
    rawFrame("FILE", "missing"),
    rawFrame("FILE", "small.txt"),
  );
  await peer.closeWrite();
  const frames = await peer.readToEnd();
  const controls = frames.map(({ type }) => type).filter((type) => type !== "FDAT");
  assertEquals(controls, ["FROK", "FMTA", "FHSH", "FERR", "FROK", "FMTA", "FHSH"]);
  await assertAllGone(server);
});

Deno.test("plain peer: gets the whole file with QUIT right behind FILE", async () => {
  await using server = await startServer({}, { "file.bin": CONTENT });
  using peer = await server.connect();
  await peer.send(rawFrame("FILE", "file.bin"), rawFrame("QUIT"));
  assertWholeFile(await peer.readToEnd(), CONTENT);
});

Deno.test({
  name: "nc -N: gets the whole file",
  ignore: !hasNetcat(),
  async fn() {
    await using server = await startServer({}, { "file.bin": CONTENT });
    const output = server.root.join("../", `${server.port}.out`);
    const script = `printf '\\0\\0\\0\\0\\0\\0\\0\\010FILEfile.bin' | nc -N 127.0.0.1 "$1" > "$2"`;
    try {
      const { success } = await new Deno.Command("sh", {
        args: ["-c", script, "sh", String(server.port), output],
      }).output();
      assertEquals(success, true);
      assertWholeFile(parse(await Deno.readFile(output)), CONTENT);
    } finally {
      await Deno.remove(output);
    }
  },
});

function parse(bytes: Uint8Array<ArrayBuffer>): RawFrame[] {
  const frames: RawFrame[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const size = Number(new DataView(bytes.buffer, offset).getBigUint64(0));
    const type = new TextDecoder().decode(bytes.subarray(offset + 8, offset + 12));
    frames.push({ type, payload: bytes.subarray(offset + 12, offset + 12 + size) });
    offset += 12 + size;
  }
  return frames;
}
