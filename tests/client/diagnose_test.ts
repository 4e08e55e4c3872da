import { assert, assertEquals, assertRejects } from "@std/assert";
import { diagnose, type DiagnoseOptions } from "../../lib/client/diagnose.ts";
import type { ClientCheck, Finding } from "../../lib/client/findings.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { DATABASE_NAME } from "../../lib/files/own_marks.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { issue } from "../helpers/certificates.ts";
import type { TlsTrustOptions } from "../../lib/client/tls_trust.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { freePort } from "../helpers/free_port.ts";
import { OriginalServer } from "../helpers/original_server.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  Protocol2ScriptedServer,
  SERVER_HELLO,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";
import { RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TlsFixture } from "../helpers/tls.ts";

async function checksOf(port: number, options: DiagnoseOptions = {}): Promise<ClientCheck[]> {
  return await Array.fromAsync(diagnose(`127.0.0.1:${port}`, options));
}

/** The findings of failures and warnings. */
function troubles(checks: readonly ClientCheck[]): Finding[] {
  return checks.filter(({ status }) => status === "fail" || status === "warn")
    .map(({ finding }) => finding)
    .filter((finding) => finding !== "answers-slow"); // The machine of the tests may be busy
}

function dataOf(checks: readonly ClientCheck[], finding: Finding) {
  return checks.find((check) => check.finding === finding)?.data;
}

/** Answers PING as a server does, up to QUIT. @param takes whether a frame of so many bytes arrives */
async function answerPings(
  { raw }: Protocol2Peer,
  takes: (bytes: number) => boolean = () => true,
): Promise<void> {
  for (;;) {
    const frame = await raw.readFrame();
    if (frame === null || frame.type === "QUIT") return;
    if (frame.type !== "PING" || !takes(frame.payload.length)) continue;
    const { id } = JSON.parse(textOf(frame));
    await raw.sendFrame("PONG", JSON.stringify({ id }));
  }
}

/** Says HELO, and answers PING. */
async function serveHello(peer: Protocol2Peer): Promise<void> {
  await peer.expect("HELO");
  await peer.send("HELO", SERVER_HELLO);
  await answerPings(peer);
}

/** The fingerprint of a server's key. */
function fingerprintOf(server: TestServer): string {
  return server.eventsOf("listening")[0]?.fingerprint ?? "";
}

Deno.test("diagnose: finds nothing wrong with a healthy server, and leaves no trace there", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "content" });
  const checks = await checksOf(server.port);
  assertEquals(troubles(checks), []);
  assertEquals(checks.map(({ id }) => id), [
    ...["name", "network", "port", "proxy", "server"],
    ...["tls", "clock", "login", "answers", "packets"],
  ]);
  assertEquals(dataOf(checks, "packets-pass"), { bytes: 60_000 });
  assertEquals(server.root.list(), ["a.txt"]);
  assertEquals(server.eventsOf("chat"), []);
});

Deno.test("diagnose: tells a member nothing of its coming and going", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  await checksOf(server.port);
  const id = await peer.ask("WHOS", { room: "lobby" });
  const { members } = await peer.done(id); // Throws if an event comes first
  assertEquals((members as unknown[]).length, 1);
});

Deno.test("diagnose: finds a closed port, and skips what comes behind it", async () => {
  const checks = await checksOf(freePort());
  assertEquals(troubles(checks), ["port-refused"]);
  const skipped = checks.filter(({ status }) => status === "skip").map(({ id }) => id);
  assertEquals(skipped, ["name", "server", "tls", "clock", "login", "answers", "packets"]);
});

Deno.test("diagnose: warns of a proxy only where there is no connection", async () => {
  await using server = await startServer();
  const env = (name: string) => name === "https_proxy" ? "http://user:secret@proxy" : undefined;
  const good = await checksOf(server.port, { env });
  assertEquals(dataOf(good, "proxy-unused"), { variables: ["https_proxy"] });
  const bad = await checksOf(freePort(), { env });
  assertEquals(troubles(bad), ["port-refused", "proxy-ignored"]);
  assert(!JSON.stringify([good, bad]).includes("secret"));
});

/** What a peer that is no healthy server does with each connection, and what is found. */
const PEERS: [what: string, script: (peer: Protocol2Peer) => Promise<void>, finding: Finding][] = [
  ["a silent one", (peer) => peer.raw.ended(), "server-silent"],
  ["one that greets as SSH", async ({ raw }) => {
    await raw.send("SSH-2.0-OpenSSH_9.9\r\n");
    await raw.ended();
  }, "server-other"],
  ["one that closes at once", () => Promise.resolve(), "server-closed"],
  ["one that is full", async ({ raw }) => {
    await raw.readFrame();
    await raw.sendFrame("FERR", "server full");
  }, "server-rejected"],
  ["one whose HELO is no JSON", async ({ raw }) => {
    await raw.readFrame();
    await raw.sendFrame("HELO", "{nothing");
    await raw.ended();
  }, "server-broken"],
];

for (const [what, script, finding] of PEERS) {
  Deno.test(`diagnose: finds ${finding} for ${what}, within the time`, async () => {
    await using server = new ScriptedServer((raw) => script(new Protocol2Peer(raw)));
    const startedMs = performance.now();
    assertEquals(troubles(await checksOf(server.port)), [finding]);
    assert(performance.now() - startedMs < 10_000);
  });
}

Deno.test("diagnose: knows an original server by its answer to a request", async () => {
  await using server = new OriginalServer({});
  assertEquals(troubles(await checksOf(server.port)), ["server-original"]);
});

/** Servers of protocol 2 with one fault each. */
const FAULTS: [what: string, hello: Json, takes: (bytes: number) => boolean, Finding[]][] = [
  ["a clock an hour behind", { time: Date.now() - 3_600_000 }, () => true, ["clock-off"]],
  ["no answers", {}, () => false, ["answers-none"]],
  ["a black hole for large packets", {}, (bytes) => bytes < 1_300, ["packets-vanish"]],
  ["a line that is slow with 60,000 bytes", {}, (bytes) => bytes < 10_000, ["packets-slow"]],
  ["accounts only", { auth: { required: true, mechanisms: [] } }, () => true, ["login-needed"]],
];

for (const [what, hello, takes, findings] of FAULTS) {
  Deno.test(`diagnose: finds ${findings} for ${what}`, async () => {
    await using server = new Protocol2ScriptedServer({
      hello,
      main: (peer) => answerPings(peer, takes),
    });
    assertEquals(troubles(await checksOf(server.port)), findings);
  });
}

Deno.test("diagnose: finds a server that leaves between two checks", async () => {
  await using server = new Protocol2ScriptedServer({
    main: async ({ raw }) => {
      await raw.expect("PING");
    },
  });
  assertEquals(troubles(await checksOf(server.port)), ["answers-lost"]);
});

Deno.test("diagnose: finds a server that refuses what every server answers", async () => {
  await using server = new Protocol2ScriptedServer({
    main: async (peer) => {
      const { id } = JSON.parse(textOf(await peer.raw.expect("PING")));
      await peer.send("FAIL", { id, code: "internal", message: "broken" });
      await untilQuit(peer);
    },
  });
  const checks = await checksOf(server.port);
  assertEquals(troubles(checks), ["answers-lost"]);
  assertEquals(checks.find(({ id }) => id === "answers")?.error instanceof RequestError, true);
});

Deno.test("diagnose: tells whether a key is new, known or another one, and remembers none", async () => {
  using temp = new TempDir();
  await using server = await startServer({ tls: "own", dataDirectory: temp.join("data") });
  const fingerprint = fingerprintOf(server);
  const knownHosts = new KnownHosts(temp.join("known_hosts"));
  const check = (tls: TlsTrustOptions) => checksOf(server.port, { tls });
  const first = await check({ knownHosts });
  assertEquals(troubles(first), ["tls-new"]);
  assertEquals(dataOf(first, "tls-new"), { fingerprint });
  assertEquals(await knownHosts.addresses(), []);
  const pinned = await check({ fingerprint });
  assertEquals(troubles(pinned), []);
  assertEquals(dataOf(pinned, "tls-proven"), { fingerprint });
  await knownHosts.remember({ hostname: "127.0.0.1", port: server.port }, {
    fingerprint,
    certificate: null,
  });
  assertEquals(troubles(await check({ knownHosts })), []);
  const other = await check({ fingerprint: "0".repeat(64) });
  assertEquals(troubles(other), ["tls-changed"]);
  assertEquals(dataOf(other, "tls-changed"), { expected: "0".repeat(64), actual: fingerprint });
});

Deno.test("diagnose: finds TLS that is needed, with its key, and TLS that is not spoken", async () => {
  using temp = new TempDir();
  await using server = await startServer({ tls: "own", dataDirectory: temp.join("data") });
  const fingerprint = fingerprintOf(server);
  const needed = await checksOf(server.port);
  assertEquals(troubles(needed), ["tls-needed"]);
  assertEquals(dataOf(needed, "tls-needed"), { fingerprint });
  await using plain = await startServer();
  assertEquals(troubles(await checksOf(plain.port, { tls: {} })), ["tls-unspoken"]);
});

for (
  const [what, options, finding] of [
    ["expired", { fromDays: -9, toDays: -1 }, "tls-expired"],
    ["not valid yet", { fromDays: 2, toDays: 9 }, "tls-early"],
    ["about to end", { fromDays: -1, toDays: 3 }, "tls-ending"],
  ] as const
) {
  Deno.test(`diagnose: finds ${finding} for a certificate that is ${what}`, async () => {
    using temp = new TempDir();
    const certificate = await issue(options);
    await using server = await TlsFixture.open((socket) => {
      serveHello(new Protocol2Peer(new RawPeer(socket as Deno.TlsConn))).catch(() => {});
    }, { certificate });
    const known = new KnownHosts(temp.join("known_hosts"));
    await known.remember(server.endpoint, {
      fingerprint: certificate.fingerprint,
      certificate: null,
    });
    const checks = await checksOf(server.port, { tls: { knownHosts: known } });
    assertEquals(troubles(checks), [finding]);
  });
}

Deno.test("diagnose: logs in, tells a wrong password, and tries none with an unknown server", async () => {
  using temp = new TempDir();
  const dataDirectory = temp.join("data");
  using accounts = new TestAccounts(temp.join("data", DATABASE_NAME));
  await accounts.store.add("ana", "a good password", "member");
  await using server = await startServer({ tls: "own", requireAccount: true, dataDirectory });
  const fingerprint = fingerprintOf(server);
  const check = (password: string, tls: TlsTrustOptions) =>
    checksOf(server.port, { tls, login: { user: "ana", password } });
  const good = await check("a good password", { fingerprint });
  assertEquals(troubles(good), []);
  assertEquals(dataOf(good, "login-done"), { user: "ana", role: "member" });
  assertEquals(troubles(await check("a wrong one", { fingerprint })), ["login-refused"]);
  const unknown = await check("a good password", {});
  assertEquals(troubles(unknown), ["tls-new"]);
  assertEquals(dataOf(unknown, "login-unproven"), {});
});

Deno.test("diagnose: takes an address with a user, and no address for this machine alone", async () => {
  await using server = await startServer();
  const address = `tcp-chat://ana@localhost:${server.port}`;
  await assertRejects(() => Array.fromAsync(diagnose(address)), TypeError, "password");
  const here = await Array.fromAsync(diagnose(null));
  assertEquals(here.map(({ id }) => id), ["network", "proxy"]);
});

Deno.test("diagnose: throws the reason of its signal", async () => {
  await using server = new ScriptedServer((peer) => peer.ended());
  const abort = new AbortController();
  const reason = new Error("enough");
  const checks = diagnose(`127.0.0.1:${server.port}`, { signal: abort.signal });
  await assertRejects(
    async () => {
      for await (const { id } of checks) if (id === "proxy") abort.abort(reason);
    },
    Error,
    "enough",
  );
});
