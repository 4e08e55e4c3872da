import { assertEquals } from "@std/assert";
import { Protocol2Servers } from "../../lib/files/protocol2_servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const HERE = { hostname: "LocalHost", port: 5555 };

Deno.test("Protocol2Servers: remembers a server by its address, in any letter case, until deleted", async () => {
  using folder = new TempDir();
  const servers = new Protocol2Servers(`${folder.path}/state/servers`);
  assertEquals(await servers.has(HERE), false);
  await servers.add(HERE);
  await servers.add({ hostname: "::1", port: 1 });
  assertEquals(await servers.has({ hostname: "localhost", port: 5555 }), true);
  assertEquals(await servers.has({ hostname: "localhost", port: 5556 }), false);
  assertEquals(await new Protocol2Servers(servers.path).has({ hostname: "::1", port: 1 }), true);
  await servers.delete(HERE);
  assertEquals(await servers.has(HERE), false);
});

Deno.test("Protocol2Servers: keeps 1,000 servers, and drops the one that was added first", async () => {
  using folder = new TempDir();
  const path = `${folder.path}/servers`;
  await Deno.writeTextFile(path, Array.from({ length: 1_000 }, (_, i) => `a:${i + 1}\n`).join(""));
  const servers = new Protocol2Servers(path);
  await servers.add(HERE);
  assertEquals(await servers.has({ hostname: "a", port: 1 }), false);
  assertEquals(await servers.has({ hostname: "a", port: 2 }), true);
  assertEquals(await servers.has(HERE), true);
});

Deno.test("Protocol2Servers: counts as empty where it cannot be read or written", async () => {
  using folder = new TempDir();
  folder.write("file", "");
  const servers = new Protocol2Servers(`${folder.path}/file/servers`);
  await servers.add(HERE);
  await servers.delete(HERE);
  assertEquals(await servers.has(HERE), false);
});

Deno.test("Protocol2Servers: changes nothing, and goes on, while another process holds the lock", async () => {
  using folder = new TempDir();
  const servers = new Protocol2Servers(`${folder.path}/servers`);
  {
    using lock = await Deno.open(`${servers.path}.lock`, { write: true, create: true });
    await lock.lock(true);
    await servers.add(HERE);
    assertEquals(await servers.has(HERE), false);
  }
  await servers.add(HERE);
  assertEquals(await servers.has(HERE), true);
});
