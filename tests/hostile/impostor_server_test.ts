import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { OWN_NAME } from "../../lib/stream/tls/certificate.ts";
import { connectTls, type TlsPin } from "../../lib/stream/tls/connect.ts";
import { derOf, forgeVersion1, issue, type TestCertificate } from "../helpers/certificates.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { ImpostorServer } from "../helpers/impostor_server.ts";
import { readAllBytes, TlsFixture } from "../helpers/tls.ts";

const LIMITS = { timeoutMs: DEADLINE_MS };
const NAMES = [OWN_NAME, "localhost", "127.0.0.1"];
const accept = () => Promise.reject(new Error("Nobody is to be asked"));

const genuine = await issue({ names: NAMES });
const others = await issue({ names: NAMES });
/** An authority that the system of some tests trusts. */
const authority = await issue({ subject: "CN=trusted authority", isAuthority: true });

/** With the certificate that was seen before, and without. */
function pinsOf({ fingerprint, certificate }: TestCertificate): TlsPin[] {
  return [derOf(certificate).toBase64(), null].map((seen) => ({ fingerprint, certificate: seen }));
}

/** Everything that its clients sent. They may hang up on bytes that they have not read. */
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

Deno.test("a server with another key is refused with both fingerprints, and gets nothing", async () => {
  const impostors = {
    "of its own making": others,
    "for our own name, in the genuine one's name": await issue({ subject: genuine.subject }),
    "that another one issued": await issue({ names: NAMES, issuer: others }),
    "with the genuine one's name as issuer": await issue({
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

Deno.test("a server that shows the genuine certificate without having its key is refused", async () => {
  const shown = [derOf(genuine.certificate), await forgeVersion1(genuine)];
  for (const certificate of shown) {
    await using impostor = new ImpostorServer(certificate, others.key);
    for (const pin of pinsOf(genuine)) {
      const error = await assertRejects(
        () => connectTls(impostor.endpoint, { pin, accept }, LIMITS),
        ConnectionError,
      );
      // Some shows of it the runtime does not even look at
      assert(["certificate-unusable", "handshake"].includes(error.code), error.code);
    }
  }
});

Deno.test("the impostor of these tests would fool who does not look", async () => {
  const impostor = new ImpostorServer(derOf(genuine.certificate), genuine.key);
  const pin = pinsOf(genuine)[0]!;
  const { socket } = await connectTls(impostor.endpoint, { pin, accept }, LIMITS);
  socket.close();
  await impostor[Symbol.asyncDispose]();
  assertEquals(impostor.outcomes, ["fooled"]);
});

/** What a client does whose system trusts the authority. */
async function connectFromThere(port: number, pin: TlsPin | null, ...accepting: string[]) {
  using temp = new TempDir();
  const path = temp.write("authority.pem", authority.certificate);
  const shell = `DENO_CERT=${path} exec`;
  const args = [String(port), JSON.stringify(pin), ...accepting];
  await using child = new ChildProcess("tls_client_child.ts", args, shell);
  return await child.nextLine();
}

Deno.test("a server that the system trusts for its name needs no pin, and nobody is asked", async () => {
  const certificate = await issue({ names: ["localhost"], issuer: authority });
  await using fixture = await TlsFixture.open(null, { certificate });
  assertEquals(await connectFromThere(fixture.port, null), {
    asked: 0,
    code: "connected",
    pin: null,
  });
});

Deno.test("one that it trusts for another name only is shown to the user", async () => {
  const certificate = await issue({ names: ["elsewhere.example"], issuer: authority });
  await using fixture = await TlsFixture.open(null, { certificate });
  const { asked, code } = await connectFromThere(fixture.port, null);
  assertEquals([asked, code], [1, "certificate-untrusted"]);
});

Deno.test("a pin holds against a certificate that the system trusts, whatever is in it", async () => {
  const certificate = await issue({ names: NAMES, issuer: authority });
  await using fixture = await TlsFixture.open(null, { certificate });
  for (const pin of pinsOf(genuine)) {
    const { asked, code, details } = await connectFromThere(fixture.port, pin, "all");
    assertEquals([asked, code], [0, "certificate-changed"]);
    assertEquals(details, { expected: genuine.fingerprint, actual: certificate.fingerprint });
  }
  assertEquals(await sentTo(fixture), "");
});

Deno.test("it holds also where the genuine server is there to be asked and gone to be used", async () => {
  const certificate = await issue({ names: NAMES, issuer: authority });
  await using impostor = await TlsFixture.open(null, { certificate });
  await using server = await TlsFixture.open(null, { certificate: genuine });
  await using relay = new SwitchingRelay([server.port, impostor.port]);
  const pin = { fingerprint: genuine.fingerprint, certificate: null };
  const { code, details } = await connectFromThere(relay.port, pin, "all");
  assertEquals(code, "certificate-changed");
  assertEquals(details, { expected: genuine.fingerprint, actual: certificate.fingerprint });
  assertEquals(relay.connections, 2);
  assertEquals(await sentTo(impostor), "");
});

/** Leads each connection to the next port, the last one to the last. */
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
