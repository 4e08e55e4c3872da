import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { connect } from "../../lib/client/connect.ts";
import { serve } from "../../lib/server/serve.ts";
import { formatTarget } from "../../lib/stream/target.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { TestClient } from "../helpers/clients.ts";
import type { CrashPoint } from "../helpers/crash_point.ts";
import { until } from "../helpers/serves_on.ts";
import { StoredLinks } from "../helpers/stored_links.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Large enough for the client to resume. */
const CONTENT = patternedBytes(1_500_000);
const SHA256 = sha256Of(CONTENT);
const OTHER = "the content of another file";
/** Older than the limit for unfinished uploads. */
const MODIFIED_MS = 1_500_000_000_000;

/** A crash point, and the upload. */
interface Crash extends Omit<CrashPoint, "half"> {
  readonly thread: "main" | "worker";
  readonly only: string;
  readonly half?: boolean;
  /** Whether the upload replaces a file. */
  readonly replace?: boolean;
  /** The state at the crash: no data, some, all of them, or the committed file. */
  readonly has: "nothing" | "some" | "all" | "file";
}

const CRASHES: Crash[] = [
  { thread: "worker", only: "lstatSync", call: 1, has: "nothing" },
  { thread: "worker", only: "lstatSync", call: 1, replace: true, has: "nothing" },
  { thread: "worker", only: "tryLockSync", call: 1, has: "nothing" },
  { thread: "worker", only: "writeSync", call: 1, has: "nothing" },
  { thread: "worker", only: "writeSync", call: 1, half: true, has: "some" },
  { thread: "worker", only: "writeSync", call: 4, replace: true, has: "some" },
  { thread: "worker", only: "utimeSync", call: 1, has: "all" },
  { thread: "worker", only: "syncSync", call: 1, replace: true, has: "all" },
  { thread: "worker", only: "linkSync", call: 1, has: "all" },
  { thread: "worker", only: "renameSync", call: 1, replace: true, has: "all" },
  { thread: "worker", only: "removeSync", call: 1, has: "file" },
  { thread: "worker", only: "syncSync", call: 2, has: "file" },
  { thread: "worker", only: "syncSync", call: 2, replace: true, has: "file" },
];

for (const { thread, only, call, half = false, replace = false, has } of CRASHES) {
  const where = `${half ? "in" : "before"} ${only} ${call} of its ${thread} thread`;
  const verb = replace ? "replaces" : "creates";
  Deno.test({
    name: `server crash ${where}: an upload that ${verb} a file is whole or absent, and resumes`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      using folder = new TempDir();
      const source = folder.write("a.bin", CONTENT);
      Deno.utimeSync(source, 0, new Date(MODIFIED_MS));
      const path = folder.join("root/a.bin");
      Deno.mkdirSync(folder.join("root/.tcp-chat"), { recursive: true }); // Created once only
      if (replace) folder.write("root/a.bin", OTHER);
      const crash = JSON.stringify({ thread, only, call, half });
      await using child = new ChildProcess("crash_server_child.ts", [folder.join("root"), crash]);
      const { port } = await child.waitFor("ready");
      await using client = await TestClient.connect(Number(port), { protocol: 2 });
      await assertRejects(() => client.client.upload(source, { replace }), ConnectionError);

      const found = has === "file" ? SHA256 : replace ? sha256Of(OTHER) : null;
      assertEquals(hashOf(path), found);
      assertEquals(
        folder.list("root").filter((name) => !name.startsWith(".tcp-chat")),
        found ? ["a.bin"] : [],
      );

      const options = { hostname: "127.0.0.1", port: 0, uploads: true, root: folder.join("root") };
      const server = await serve(options);
      try {
        await using again = await TestClient.connect(server.port, { protocol: 2 });
        const result = await again.client.upload(source, { replace });
        assertEquals([result.sha256, result.skipped], [SHA256, has === "file"]);
        assert(isFrom(result.resumedFrom, has), String(result.resumedFrom));
        await until(() => folder.list("root/.tcp-chat").length === 0, "the parts to be swept");
      } finally {
        await server.stop();
      }
      assertEquals(hashOf(path), SHA256);
      assertEquals(Deno.statSync(path).mtime?.getTime(), MODIFIED_MS);
    },
  });
}

for (const has of ["all", "file"] as const) {
  const only = has === "file" ? "removeSync" : "linkSync";
  Deno.test({
    name: `server crash before ${only}: what has come by a link counts once, and is known to it`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      using folder = new TempDir();
      const source = folder.write("a.bin", CONTENT);
      const [root, dataDirectory] = [folder.join("root"), folder.join("data")];
      Deno.mkdirSync(folder.join("root/.tcp-chat"), { recursive: true }); // Created once only
      using links = new StoredLinks(folder.join("data/tcp-chat.db"));
      links.nowMs = Date.now();
      const use = { kind: "put", path: "", truePath: "", creator: null, count: null } as const;
      const sizeBytes = CONTENT.length + 1;
      const { link: { id }, secret } = await links.make({ ...use, sizeBytes });
      const send = async (port: number) => {
        const options = { hostname: "127.0.0.1", port, link: { id, secret } };
        await using client = await connect(formatTarget({ ...options, path: "" }));
        return await client.upload(source);
      };
      const crash = JSON.stringify({ thread: "worker", only, call: 1, half: false });
      {
        await using child = new ChildProcess("crash_server_child.ts", [root, crash, dataDirectory]);
        const { port } = await child.waitFor("ready");
        await assertRejects(() => send(Number(port)), ConnectionError);
      } // Its connection may end before its lock does

      const options = { hostname: "127.0.0.1", port: 0, uploads: true, root, dataDirectory };
      await using server = await serve(options);
      assertEquals(links.find(id).bytesLeft, has === "file" ? 1 : sizeBytes);
      assertEquals((await send(server.port)).skipped, has === "file");
      assertEquals(links.find(id).bytesLeft, 1);
    },
  });
}

function isFrom(offset: number, has: Crash["has"]): boolean {
  if (has === "some") return offset > 0 && offset < CONTENT.length;
  return offset === (has === "all" ? CONTENT.length : 0);
}

function hashOf(path: string): string | null {
  try {
    return sha256Of(Deno.readFileSync(path));
  } catch {
    return null;
  }
}
