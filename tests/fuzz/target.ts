import { connect } from "../../lib/client/connect.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { type Server } from "../../lib/server/server.ts";
import { serve } from "../../lib/server/serve.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { checkAnswers, checkSecrets } from "./answers.ts";
import { type OrderlySession, UPLOADS } from "./orderly.ts";
import { HIDDEN, RULES, secretContent } from "./secrets.ts";
import type { Tally } from "./tally.ts";

/** How long a connection is read after its last byte is sent. */
const READ_MS = 300;
/** A file that the fuzzer does not request. */
const KEPT = "kept-apart/kept.bin";
const KEPT_BYTES = 300_000;

/** A server without limits per client, which receives the fuzzer's streams. */
export class Target implements AsyncDisposable {
  readonly #server: Server;
  readonly #folder: TempDir;
  readonly #tally: Tally;
  /** What lies outside of the served folder, by path. */
  readonly #outside: string;

  private constructor(server: Server, folder: TempDir, tally: Tally) {
    this.#server = server;
    this.#folder = folder;
    this.#tally = tally;
    this.#outside = this.#describeOutside();
  }

  /** Starts the server; the tally gets its refusals and errors. */
  static async start(tally: Tally): Promise<Target> {
    const folder = new TempDir();
    stock(folder);
    const server = await serve({
      hostname: "127.0.0.1",
      port: 0,
      root: folder.join("root"),
      dataDirectory: folder.join("data"),
      uploads: true,
      maxUploadBytes: 1_000_000,
      maxClients: 200,
      maxPerAddress: 0,
      maxWorkers: 2,
      chatPerSecond: 0,
      onEvent: (event) => {
        if (event.event === "refused") tally.refuse(event.code);
        if (event.event === "error") tally.violate(`The server reported: ${event.message}`);
      },
    });
    return new Target(server, folder, tally);
  }

  /** Sends the bytes over a new connection, and reads until its end or a timeout. */
  async feed(bytes: Uint8Array): Promise<void> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.#server.port });
    const timers: ReturnType<typeof setTimeout>[] = [];
    const close = () => {
      try {
        conn.close();
      } catch {
        // Already closed
      }
    };
    const reading = readAll(conn);
    try {
      timers.push(setTimeout(close, 10 * READ_MS));
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await conn.write(rest));
      await conn.closeWrite();
      timers.push(setTimeout(close, READ_MS));
    } catch {
      // The server closed the connection: its earlier answers are still read
      timers.push(setTimeout(close, READ_MS));
    }
    checkSecrets(await reading, this.#tally);
    for (const timer of timers) clearTimeout(timer);
    close();
  }

  /** Sends a session, and reads all of its answers: the server ends the connection after them. */
  async feedOrderly(session: OrderlySession): Promise<void> {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: this.#server.port });
    const reading = readAll(conn);
    for (let rest = session.bytes; rest.length > 0;) {
      rest = rest.subarray(await conn.write(rest));
    }
    await conn.closeWrite();
    const output = await within(reading, "the end of an orderly session", () => conn.close())
      .catch((error) => this.#tally.violate(String(error)));
    if (output === undefined) return;
    checkSecrets(output, this.#tally);
    checkAnswers(output, session, this.#tally);
  }

  /** Checks the files, and that a new client can download one. */
  async check(): Promise<void> {
    this.#checkFiles();
    try {
      const client = await connect({ hostname: "127.0.0.1", port: this.#server.port });
      const got = await client.download(KEPT, { directory: this.#folder.path, name: "got" });
      const expected = patternedBytes(KEPT_BYTES, 3).toHex();
      if (Deno.readFileSync(got.file).toHex() !== expected) {
        this.#tally.violate("A download was wrong");
      }
      Deno.removeSync(got.file);
      await client.quit();
    } catch (error) {
      this.#tally.violate(`A new client is not served: ${error}`);
    }
  }

  /** Every final name is right, and nothing outside of the served folder has changed. */
  #checkFiles(): void {
    const outside = this.#describeOutside();
    if (outside !== this.#outside) {
      this.#tally.violate(`Outside of the folder there is ${outside} instead of ${this.#outside}`);
    }
    for (const [path, sha256] of hashesBelow(this.#folder.join("root", UPLOADS))) {
      if (!path.endsWith(`/${sha256}`)) this.#tally.violate(`${path} has the SHA-256 ${sha256}`);
    }
  }

  #describeOutside(): string {
    const names = this.#folder.list().join();
    const parts = ["outside", `root/${HIDDEN}`].map((path) => this.#folder.join(path));
    return JSON.stringify([names, ...parts.flatMap((path) => [...hashesBelow(path)])]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
    this.#folder[Symbol.dispose]();
  }
}

function stock(folder: TempDir): void {
  folder.write("data/rules", RULES);
  folder.write(`root/${KEPT}`, patternedBytes(KEPT_BYTES, 3));
  folder.write("root/a.txt", "a");
  folder.write("root/sub/b.bin", patternedBytes(50_000, 4));
  for (const place of [`root/${HIDDEN}`, "outside", "root/.tcp-chat"]) {
    folder.write(`${place}/small.txt`, secretContent(100));
    folder.write(`${place}/large.bin`, secretContent(200_000));
  }
  if (Deno.build.os === "windows") return;
  Deno.symlinkSync("../outside", folder.join("root/link-out"));
  Deno.symlinkSync("../outside/small.txt", folder.join("root/link-to-file"));
}

/** The SHA-256 of all files below a folder, which need not exist. */
function* hashesBelow(folder: string): Generator<[path: string, sha256: string]> {
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) yield* hashesBelow(path);
      else yield [path, sha256Of(Deno.readFileSync(path))];
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** All bytes up to the end, or to a reset, or until we close. */
async function readAll(conn: Deno.TcpConn): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
      pieces.push(buffer.slice(0, count));
    }
  } catch {
    // Reset, or closed by us
  }
  return concatBytes(pieces);
}
