import { assertEquals } from "@std/assert";
import { freePort } from "../helpers/free_port.ts";
import { Program } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("tcp-chat-server --cluster: can be stopped while it waits for NATS", async () => {
  using temp = new TempDir();
  const nats = `nats://127.0.0.1:${freePort()}`;
  const places = ["-r", temp.join("root"), "--data", temp.join("data"), "-p", "0"];
  await using server = new Program("server", [...places, "--no-console", "--cluster", nats]);
  await server.stdout.waitFor("Waiting for the cluster tcp-chat: Cannot connect to NATS");
  server.kill("SIGTERM");
  assertEquals(await server.exitCode(), 0);
});

Deno.test("tcp-chat-server --cluster-wait: gives up with exit code 3, and says why", async () => {
  using temp = new TempDir();
  const nats = `nats://127.0.0.1:${freePort()}`;
  const places = ["-r", temp.join("root"), "--data", temp.join("data"), "-p", "0"];
  const wait = ["--cluster", nats, "--cluster-wait", "1"];
  await using server = new Program("server", [...places, "--no-console", ...wait]);
  assertEquals(await server.exitCode(), 3);
  await server.stderr.waitFor("The cluster cannot be reached: Cannot connect to NATS");
});
