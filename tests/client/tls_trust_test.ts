import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { connectTrusted, type TlsTrustOptions } from "../../lib/client/tls_trust.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import type { Connector } from "../../lib/stream/connector.ts";
import { OWN_NAME } from "../../lib/stream/tls/certificate.ts";
import { listenTls } from "../../lib/stream/tls/listener.ts";
import { issue } from "../helpers/certificates.ts";
import { echoServer } from "../helpers/echo_server.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TlsFixture } from "../helpers/tls.ts";
import { testConnector } from "../stream/connector_contract.ts";

const LIMITS = { timeoutMs: 10_000 };
const NAMES = [OWN_NAME, "localhost"];
const HOST = { hostname: "127.0.0.1", port: 5555 };

/** Remembers each server as soon as it is connected to, as a client without a login does. */
function connectorOf(trust: TlsTrustOptions): Connector {
  return {
    async connect(endpoint, limits) {
      const { socket, remember } = await connectTrusted(endpoint, trust, limits);
      await remember();
      return socket;
    },
  };
}

/** A user with a file of known hosts, for whom all servers have the same address. */
class User implements Disposable {
  readonly #temp = new TempDir();
  readonly knownHosts = new KnownHosts(this.#temp.join("known_hosts"));

  /** Connects to a server as if its address were {@link HOST}. */
  async connect(fixture: TlsFixture, options: Partial<TlsTrustOptions> = {}): Promise<void> {
    const there = new KnownHosts(this.#temp.join("known_hosts"));
    const known = await there.find(HOST);
    if (known !== null) await there.remember(fixture.endpoint, known);
    const trust = { knownHosts: this.knownHosts, ...options };
    (await connectorOf(trust).connect(fixture.endpoint, LIMITS)).close();
    const seen = await there.find(fixture.endpoint);
    if (seen !== null) await there.remember(HOST, seen);
  }

  async fingerprint(): Promise<string | undefined> {
    return (await this.knownHosts.find(HOST))?.fingerprint;
  }

  [Symbol.dispose](): void {
    this.#temp[Symbol.dispose]();
  }
}

function open(): Promise<TlsFixture> {
  return issue({ names: NAMES }).then((certificate) => TlsFixture.open(null, { certificate }));
}

async function failure(connecting: Promise<void>): Promise<string> {
  return (await assertRejects(() => connecting, ConnectionError)).code;
}

testConnector("connectTrusted", async () => {
  const certificate = await issue();
  const temp = new TempDir();
  const server = echoServer(
    listenTls({ hostname: "127.0.0.1", port: 0 }, certificate, {
      plaintextAnswer: () => new Uint8Array(),
    }),
  );
  const knownHosts = new KnownHosts(temp.join("known_hosts"));
  return {
    connector: connectorOf({ knownHosts, fingerprint: certificate.fingerprint }),
    echo: server.address,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      temp[Symbol.dispose]();
    },
  };
});

Deno.test("connectTrusted: asks about a certificate once, and remembers it", async () => {
  using user = new User();
  await using fixture = await open();
  assertEquals(await failure(user.connect(fixture)), "certificate-untrusted");
  assertEquals(await user.fingerprint(), undefined);
  await user.connect(fixture, { accept: ({ fingerprint }) => fingerprint.length === 64 });
  assertEquals(await user.fingerprint(), fixture.certificate.fingerprint);
  await user.connect(fixture);
});

Deno.test("connectTrusted: refuses a known server with another key, even if accept returns true", async () => {
  using user = new User();
  await using before = await open();
  await using after = await open();
  await user.connect(before, { accept: () => true });
  assertEquals(await failure(user.connect(after, { accept: () => true })), "certificate-changed");
  assertEquals(await user.fingerprint(), before.certificate.fingerprint);
});

Deno.test("connectTrusted: accepts only the key of a given fingerprint, and remembers it", async () => {
  using user = new User();
  await using before = await open();
  await using after = await open();
  const { fingerprint } = after.certificate;
  assertEquals(await failure(user.connect(before, { fingerprint })), "certificate-changed");
  await user.connect(before, { fingerprint: before.certificate.fingerprint });
  assertEquals(await user.fingerprint(), before.certificate.fingerprint);
  await user.connect(after, { fingerprint });
  assertEquals(await user.fingerprint(), fingerprint);
  await user.connect(after);
});

Deno.test("connectTrusted: remembers a renewed certificate instead of the old certificate", async () => {
  using user = new User();
  const old = await issue({ names: NAMES });
  const renewed = await issue({ names: NAMES, keys: old.keys });
  await using fixture = await TlsFixture.open(null, { certificate: old });
  await user.connect(fixture, { accept: () => true });
  const before = await user.knownHosts.find(fixture.endpoint);
  fixture.listener.renew(renewed);
  await user.connect(fixture);
  const after = await user.knownHosts.find(fixture.endpoint);
  assertEquals(after?.fingerprint, before?.fingerprint);
  assertEquals(after?.certificate === before?.certificate, false);
});

Deno.test("connectTrusted: connects even if it cannot write the known hosts", async () => {
  using temp = new TempDir();
  await using fixture = await open();
  temp.write("file", "");
  const knownHosts = {
    find: () => Promise.resolve(null),
    remember: (...args: Parameters<KnownHosts["remember"]>) =>
      new KnownHosts(temp.join("file/known_hosts")).remember(...args),
  } as Partial<KnownHosts> as KnownHosts;
  const errors: unknown[] = [];
  const trust = {
    knownHosts,
    accept: () => true,
    onUnsaved: (error: unknown) => errors.push(error),
  };
  (await connectorOf(trust).connect(fixture.endpoint, LIMITS)).close();
  assertInstanceOf(errors[0], DiskError);
});
