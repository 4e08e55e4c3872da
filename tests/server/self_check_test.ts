import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../lib/files/database.ts";
import { checkDatabase } from "../../lib/files/check_database.ts";
import { DATABASE_NAME } from "../../lib/files/own_marks.ts";
import type { ServerOptions } from "../../lib/server/config/options.ts";
import type { ServerFinding } from "../../lib/server/findings.ts";
import { checkServer } from "../../lib/server/self_check.ts";
import { nameAnswer } from "../../lib/stream/who_answers.ts";
import { issue } from "../helpers/certificates.ts";
import { freePort } from "../helpers/free_port.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

async function findingsOf(options: ServerOptions): Promise<ServerFinding[]> {
  const settings = { hostname: "127.0.0.1", port: freePort(), ...options };
  const checks = await Array.fromAsync(checkServer(settings, { addresses: [], os: "linux" }));
  return checks.map(({ finding }) => finding);
}

Deno.test("checkServer: finds nothing wrong before the first start, and makes nothing", async () => {
  using temp = new TempDir();
  const options = { root: temp.join("served"), dataDirectory: temp.join("data"), tls: "own" };
  const findings = await findingsOf(options as ServerOptions);
  const expected: ServerFinding[] = [
    "address-loopback",
    "port-free",
    "firewall-local",
    "tls-made",
    "root-made",
    "data-made",
    "clock-plausible",
  ];
  assertEquals(findings.filter((each) => !each.startsWith("descriptors-")), expected);
  assertEquals(temp.list(), []);
});

Deno.test("checkServer: finds its own kind on the port, and the folder in use, beside a running server", async () => {
  using temp = new TempDir();
  const dataDirectory = temp.join("data");
  await using server = await startServer({ dataDirectory, tls: "own" });
  const before = temp.list("data");
  const options = { root: server.root.path, port: server.port, dataDirectory };
  const findings = await findingsOf({ ...options, tls: "own" });
  for (const each of ["port-served", "tls-own", "root-ready", "data-used", "database-sound"]) {
    assert(findings.includes(each as ServerFinding), `${each}: ${findings}`);
  }
  assertEquals(temp.list("data"), before);
});

Deno.test("checkServer: leaves the data folder of a stopped server as it is", async () => {
  using temp = new TempDir();
  const dataDirectory = temp.join("data");
  {
    await using _server = await startServer({ dataDirectory });
  }
  const before = temp.list("data");
  const findings = await findingsOf({ root: temp.path, dataDirectory });
  assert(findings.includes("database-sound") && findings.includes("data-private"), `${findings}`);
  assertEquals(temp.list("data"), before);
});

Deno.test("checkServer: finds another service on the port, and an address that is not here", async () => {
  using temp = new TempDir();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using conn = await listener.accept();
    await conn.write(new TextEncoder().encode("SSH-2.0-OpenSSH_9.9\r\n"));
    await conn.read(new Uint8Array(512));
  })();
  const taken = await findingsOf({ root: temp.path, port: listener.addr.port });
  await serving;
  assert(taken.includes("port-taken"), `${taken}`);
  const missing = await findingsOf({ root: temp.path, hostname: "203.0.113.77" });
  assertEquals(missing[0], "address-missing");
  assertEquals(missing.filter((each) => each.startsWith("port-")), []);
});

Deno.test("checkServer: finds a rule file with a mistake, and a certificate with another key", async () => {
  using temp = new TempDir();
  temp.write("data/rules", "this is no rule\n");
  const [first, second] = [await issue(), await issue({ toDays: 30 })];
  const certificatePath = temp.write("cert.pem", first.certificate);
  const wrong = { certificatePath, keyPath: temp.write("key.pem", second.key) };
  const options = { root: temp.path, dataDirectory: temp.join("data") };
  const findings = await findingsOf({ ...options, tls: wrong });
  assert(findings.includes("rules-wrong") && findings.includes("tls-wrong"), `${findings}`);
  const good = { certificatePath, keyPath: temp.write("key.pem", first.key) };
  temp.write("data/rules", "");
  const ending = await findingsOf({ ...options, tls: good });
  assert(ending.includes("rules-read") && ending.includes("tls-ending"), `${ending}`);
});

Deno.test("checkDatabase: tells sound, damaged, newer and missing ones, and leaves nothing beside them", () => {
  using temp = new TempDir();
  const path = temp.join(DATABASE_NAME);
  assertEquals(checkDatabase(path).state, "missing");
  openDatabase(path).close();
  assertEquals(checkDatabase(path).state, "sound");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 999");
  database.close();
  assertEquals(checkDatabase(path), { state: "newer", version: 999 });
  Deno.truncateSync(path, 5_000);
  assertEquals(checkDatabase(path).state, "bad");
  temp.write(DATABASE_NAME, "this is no database, whatever its name says ".repeat(40));
  assertEquals(checkDatabase(path).state, "bad");
  assertEquals(temp.list(), [DATABASE_NAME]);
});

Deno.test("nameAnswer: tells a server of this kind, another service and silence apart", () => {
  const header = (type: string) => {
    const bytes = new Uint8Array(12);
    bytes[7] = 4;
    bytes.set(new TextEncoder().encode(type), 8);
    return bytes;
  };
  for (const type of ["HELO", "FERR", "FAIL"]) {
    assertEquals(nameAnswer(header(type)), "tcp-chat", type);
  }
  assertEquals(nameAnswer(new TextEncoder().encode("HTTP/1.1 400 Bad")), "http");
  assertEquals(nameAnswer(new Uint8Array([0x15, 0x03, 0x01, 0, 2])), "unknown");
  assertEquals(nameAnswer(new Uint8Array()), "silence");
});
