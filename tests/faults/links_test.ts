import { assertInstanceOf } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const NAMES = Array.from({ length: 60 }, (_, i) => `${i}.bin`);

Deno.test("Client.download: all downloads of a lost connection reject with ConnectionError", async () => {
  const content = patternedBytes(50_000);
  await using server = await startServer({}, Object.fromEntries(NAMES.map((n) => [n, content])));
  for (let i = 1; i <= 10; i++) {
    using folder = new TempDir();
    const aim = { direction: "down", atByte: 100_000 * i } as const;
    await using proxy = await Proxy.start(server.port, [
      atByte(aim, ({ link }) => link.cut("close")),
    ]);
    const options = { protocol: 2, connections: 1 } as const;
    await using peer = await TestClient.connect(proxy.port, options);
    const results = await Promise.allSettled(
      NAMES.map((name) =>
        peer.client.download(name, { directory: folder.path, name, sizeBytes: 50_000 })
      ),
    );
    for (const result of results) {
      if (result.status === "rejected") assertInstanceOf(result.reason, ConnectionError);
    }
  }
});
