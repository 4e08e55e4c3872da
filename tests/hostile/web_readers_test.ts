/** Peers that ask for files and do not read them, or ask for what they may not have. */
import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { until } from "../helpers/serves_on.ts";
import { readAnswerHead, request, requestText, startWebServer } from "../helpers/web.ts";

const SIZE = 64_000_000;

Deno.test("GET /files: a peer that stops reading is closed after 5 minutes, and others are served", async () => {
  using clock = new FakeClock();
  await using server = await startWebServer({ maxWorkers: 2 }, {
    big: new Uint8Array(SIZE),
    a: "a",
  });
  using stuck = await server.connect();
  await stuck.send(requestText("GET /files/big"));
  await readAnswerHead(stuck);
  assertEquals((await request(server.port, "GET /files/a")).status, 200);
  clock.advance(10 * LIMITS.stalledBulkMs + 1);
  await until(() => server.server.stats.transfers === 0, "the end of the transfer");
  const { length } = await stuck.readBytes(SIZE).catch(() => new Uint8Array());
  assert(length < SIZE);
});

Deno.test("GET /files: ranges without end or sense cost no more than the file", async () => {
  await using server = await startWebServer({}, { "a.bin": "0123456789" });
  const ranges = `bytes=${Array.from({ length: 500 }, () => "0-").join(",")}`;
  const many = await request(server.port, "GET /files/a.bin", { Range: ranges });
  assertEquals([many.status, many.body.length], [200, 10]);
  const huge = await request(server.port, "GET /files/a.bin", {
    Range: `bytes=${"9".repeat(400)}-`,
  });
  assertEquals(huge.status, 416);
});

Deno.test("GET /files: a name cannot put a header into the answer", async () => {
  if (Deno.build.os === "windows") return;
  const name = 'a";x=y;.bin';
  await using server = await startWebServer({}, { [name]: "a" });
  const { status, headers } = await request(server.port, `GET /files/${encodeURIComponent(name)}`);
  assertEquals(status, 200);
  assertEquals(
    headers.get("content-disposition"),
    `attachment; filename="a_;x=y;.bin"; filename*=UTF-8''a%22%3Bx%3Dy%3B.bin`,
  );
  for (const path of ["a%0d%0aSet-Cookie:%20b", "a%00", "%0a"]) {
    const { status, headers } = await request(server.port, `GET /files/${path}`);
    assertEquals([status, headers.has("set-cookie")], [400, false]);
  }
});

Deno.test("GET /files: a link out of the served folder, and one into it by another name, open nothing", async () => {
  if (Deno.build.os === "windows") return;
  await using server = await startWebServer({}, { "in/a.txt": "a" });
  Deno.symlinkSync("/etc", server.root.join("out"));
  Deno.symlinkSync("/etc/hostname", server.root.join("name"));
  for (const path of ["out/hostname", "name", "out?json", "in/../out/hostname"]) {
    const { status } = await request(server.port, `GET /files/${path}`);
    assert(status === 404 || status === 400, `${path}: ${status}`);
  }
});
