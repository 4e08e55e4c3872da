import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MIB = 1024 * 1024;

Deno.test("Client.upload: compares several existing files concurrently", async () => {
  const names = Array.from({ length: 30 }, (_, i) => `${i}.bin`);
  const contents = names.map((_, i) => patternedBytes(1_000 * i + 1, i));
  const files = Object.fromEntries(names.map((name, i) => [name, contents[i]!]));
  using sources = new TempDir();
  for (const [name, content] of Object.entries(files)) sources.write(name, content);
  await using server = await startServer({ uploads: true }, files);
  await using peer = await TestClient.connect(server.port, { protocol: 2, connections: 1 });
  const results = await Promise.all(
    names.map((name) => peer.client.upload(sources.join(name), { exists: true })),
  );
  assertEquals(results.map(({ skipped }) => skipped), names.map(() => true));
});

Deno.test("Client.upload: rejects with ConnectionError when the connection is reset", async () => {
  using sources = new TempDir();
  const file = sources.write("big.bin", patternedBytes(8 * MIB));
  await using server = await startServer({ uploads: true });
  for (let i = 1; i <= 12; i++) {
    const aim = { direction: "up", atByte: i * MIB / 2 } as const;
    await using proxy = await Proxy.start(server.port, [
      atByte(aim, ({ link }) => link.cut("reset")),
    ]);
    await using peer = await TestClient.connect(proxy.port, { protocol: 2 });
    await assertRejects(() => peer.client.upload(file, { path: `${i}.bin` }), ConnectionError);
  }
});

for (const sizeBytes of [60_000, 2 * MIB]) {
  Deno.test(`Client.upload: ${sizeBytes} bytes can be sent again right after a lost connection`, async () => {
    using sources = new TempDir();
    const file = sources.write("file.bin", patternedBytes(sizeBytes));
    await using server = await startServer({ uploads: true });
    await using second = await TestClient.connect(server.port, { protocol: 2 });
    // Opens its data connection, too
    await second.client.upload(file, { path: "first.bin" });
    for (let i = 0; i < 10; i++) {
      const paths = Array.from({ length: 8 }, (_, j) => `${i}-${j}.bin`);
      const aim = { direction: "up", atByte: (sizeBytes + 300) * (i / 2 + 3) } as const;
      await using proxy = await Proxy.start(server.port, [
        atByte(aim, () => proxy.cutAll("reset")),
      ]);
      await using first = await TestClient.connect(proxy.port, { protocol: 2, connections: 1 });
      const send = ({ client }: TestClient, path: string) => client.upload(file, { path });
      const losses = paths.map((path) => send(first, path).catch(() => {}));
      await Promise.all(losses);
      await Promise.all(paths.map((path) => send(second, path)));
    }
  });
}
