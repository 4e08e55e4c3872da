import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { OWN_NAME } from "../../lib/stream/tls/certificate.ts";
import { connectTls, type TlsPin } from "../../lib/stream/tls/connect.ts";
import { derOf, forgeVersion1, issue, type TestCertificate } from "../helpers/certificates.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { ImpostorServer } from "../helpers/impostor_server.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { readAllBytes, TlsFixture } from "../helpers/tls.ts";

const LIMITS = { timeoutMs: DEADLINE_MS };
const NAMES = [OWN_NAME, "localhost", "127.0.0.1"];
const accept = () => Promise.reject(new Error("The user must not be asked"));

const genuine = await issue({ names: NAMES });
const others = await issue({ names: NAMES });
/** A certificate authority that the system trusts in some tests. */
const authority = await issue({ subject: "CN=trusted authority", isAuthority: true });

/** Pins of a server, with the certificate seen before and without it. */
function pinsOf({ fingerprint, certificate }: TestCertificate): TlsPin[] {
  return [derOf(certificate).toBase64(), null].map((seen) => ({ fingerprint, certificate: seen }));
}

/** The bytes that clients have sent. A client that closes with unread bytes resets. */
async function sentTo(fixture: TlsFixture): Promise<string> {
  const hasReset = (error: unknown) => {
    if (error instanceof Deno.errors.ConnectionReset) return null;
    throw error;
  };
  let text = "";
  for (const socket of fixture.accepted) {
    const read = (buffer: Uint8Array<ArrayBuffer>) => socket.read(buffer).catch(hasReset);
    text += new TextDecoder().decode(await readAllBytes({ read }));
  }
  return text;
}

Deno.test("impostor server: connectTls refuses another key with both fingerprints, and sends nothing", async () => {
  const impostors = {
    "self-signed": others,
    "with the genuine subject": await issue({ subject: genuine.subject }),
    "issued by another key": await issue({ names: NAMES, issuer: others }),
    "with the genuine subject as issuer": await issue({
      names: NAMES,
      issuer: { ...others, subject: genuine.subject },
    }),
  };
  for (const certificate of Object.values(impostors)) {
    await using fixture = await TlsFixture.open(null, { certificate });
    for (const pin of pinsOf(genuine)) {
      const error = await assertRejects(
        () => connectTls(fixture.endpoint, { pin, accept }, LIMITS),
        ConnectionError,
      );
      assertEquals(error.code, "certificate-changed");
      assertEquals(error.details, {
        expected: genuine.fingerprint,
        actual: certificate.fingerprint,
      });
    }
    assertEquals(await sentTo(fixture), "");
  }
});

Deno.test("impostor server: connectTls refuses the genuine certificate without its key", async () => {
  const shown = [derOf(genuine.certificate), await forgeVersion1(genuine)];
  for (const certificate of shown) {
    await using impostor = new ImpostorServer(certificate, others.key);
    for (const pin of pinsOf(genuine)) {
      const error = await assertRejects(
        () => connectTls(impostor.endpoint, { pin, accept }, LIMITS),
        ConnectionError,
      );
      // The version 1 certificate names no server, which fails earlier
      assert(["certificate-unusable", "handshake"].includes(error.code), error.code);
    }
  }
});

Deno.test("ImpostorServer: completes the handshake if it has the genuine key", async () => {
  const impostor = new ImpostorServer(derOf(genuine.certificate), genuine.key);
  const pin = pinsOf(genuine)[0]!;
  const { socket } = await connectTls(impostor.endpoint, { pin, accept }, LIMITS);
  socket.close();
  await impostor[Symbol.asyncDispose]();
  assertEquals(impostor.outcomes, ["fooled"]);
});

/** The outcome of a client whose system trusts the authority. */
async function connectTrusting(port: number, pin: TlsPin | null, ...accepting: string[]) {
  using temp = new TempDir();
  const path = temp.write("authority.pem", authority.certificate);
  const shell = `DENO_CERT=${path} exec`;
  const args = [String(port), JSON.stringify(pin), ...accepting];
  await using child = new ChildProcess("tls_client_child.ts", args, shell);
  return await child.nextLine();
}

Deno.test("connectTls: needs no pin, and does not ask the user, if the system trusts the certificate", async () => {
  const certificate = await issue({ names: ["localhost"], issuer: authority });
  await using fixture = await TlsFixture.open(null, { certificate });
  assertEquals(await connectTrusting(fixture.port, null), {
    asked: 0,
    code: "connected",
    pin: null,
  });
});

Deno.test("impostor server: connectTls asks the user about a certificate trusted for another name", async () => {
  const certificate = await issue({ names: ["elsewhere.example"], issuer: authority });
  await using fixture = await TlsFixture.open(null, { certificate });
  const { asked, code } = await connectTrusting(fixture.port, null);
  assertEquals([asked, code], [1, "certificate-untrusted"]);
});

Deno.test("impostor server: connectTls refuses a trusted certificate that does not match the pin", async () => {
  const certificate = await issue({ names: NAMES, issuer: authority });
  await using fixture = await TlsFixture.open(null, { certificate });
  for (const pin of pinsOf(genuine)) {
    const { asked, code, details } = await connectTrusting(fixture.port, pin, "all");
    assertEquals([asked, code], [0, "certificate-changed"]);
    assertEquals(details, { expected: genuine.fingerprint, actual: certificate.fingerprint });
  }
  assertEquals(await sentTo(fixture), "");
});

Deno.test("impostor server: connectTls refuses an impostor that replaces the server after the probe", async () => {
  const certificate = await issue({ names: NAMES, issuer: authority });
  await using impostor = await TlsFixture.open(null, { certificate });
  await using server = await TlsFixture.open(null, { certificate: genuine });
  await using relay = new SwitchingRelay([server.port, impostor.port]);
  const pin = { fingerprint: genuine.fingerprint, certificate: null };
  const { code, details } = await connectTrusting(relay.port, pin, "all");
  assertEquals(code, "certificate-changed");
  assertEquals(details, { expected: genuine.fingerprint, actual: certificate.fingerprint });
  assertEquals(relay.connections, 2);
  assertEquals(await sentTo(impostor), "");
});

/** Relays each connection to the next port, and all further connections to the last port. */
class SwitchingRelay implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #work: Promise<void>;
  connections = 0;

  constructor(readonly ports: readonly number[]) {
    this.#work = this.#run();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #run(): Promise<void> {
    const relayed: Promise<unknown>[] = [];
    for (;;) {
      const conn = await this.#listener.accept().catch(() => null);
      if (conn === null) break;
      const port = this.ports[Math.min(this.connections++, this.ports.length - 1)]!;
      const other = await Deno.connect({ hostname: "127.0.0.1", port });
      relayed.push(conn.readable.pipeTo(other.writable).catch(() => {}));
      relayed.push(other.readable.pipeTo(conn.writable).catch(() => {}));
    }
    await Promise.all(relayed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#work;
  }
}
