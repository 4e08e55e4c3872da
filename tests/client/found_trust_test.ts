import { assertEquals } from "@std/assert";
import { trustOf } from "../../lib/client/found_trust.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const [A, B] = ["aa".repeat(32), "bb".repeat(32)];
const SERVER = { name: "casa", login: false, address: "10.0.0.2", port: 5555, ms: 1 };
const HERE = { hostname: SERVER.address, port: SERVER.port };

function found(fingerprint: string | null) {
  return { ...SERVER, tls: fingerprint !== null, fingerprint };
}

Deno.test("trustOf: compares what a server announces with the known servers", async () => {
  using temp = new TempDir();
  const hosts = new KnownHosts(temp.join("known_hosts"));
  assertEquals(await trustOf(found(A), hosts), { kind: "new" });
  assertEquals(await trustOf(found(null), hosts), { kind: "none" });
  await hosts.remember({ hostname: "casa.local", port: 6000 }, {
    fingerprint: A,
    certificate: null,
  });
  assertEquals(await trustOf(found(A), hosts), { kind: "moved", from: "casa.local:6000" });
  await hosts.remember(HERE, { fingerprint: A, certificate: null });
  assertEquals(await trustOf(found(A), hosts), { kind: "known" });
});

Deno.test("trustOf: an address with another known key has changed, also where its key is known elsewhere", async () => {
  using temp = new TempDir();
  const hosts = new KnownHosts(temp.join("known_hosts"));
  await hosts.remember(HERE, { fingerprint: B, certificate: null });
  assertEquals(await trustOf(found(A), hosts), { kind: "changed" });
  await hosts.remember({ hostname: "x", port: 1 }, { fingerprint: A, certificate: null });
  assertEquals(await trustOf(found(A), hosts), { kind: "changed" });
});

Deno.test("trustOf: an address whose key is known, and that announces no TLS, has changed", async () => {
  using temp = new TempDir();
  const hosts = new KnownHosts(temp.join("known_hosts"));
  await hosts.remember(HERE, { fingerprint: B, certificate: null });
  assertEquals(await trustOf(found(null), hosts), { kind: "changed" });
});

Deno.test("trustOf: knows no server where none are kept", async () => {
  assertEquals(await trustOf(found(A), null), { kind: "new" });
});
