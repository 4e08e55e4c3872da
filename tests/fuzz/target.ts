import { connect } from "../../lib/client/connect.ts";
import { type Server } from "../../lib/server/server.ts";
import { serve } from "../../lib/server/serve.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";
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

  private constructor(server: Server, folder: TempDir) {
    this.#server = server;
    this.#folder = folder;
  }

  /** Starts the server; the tally gets its refusals and errors. */
  static async start(tally: Tally): Promise<Target> {
    const folder = new TempDir();
    folder.write(`root/${KEPT}`, patternedBytes(KEPT_BYTES, 3));
    folder.write("root/a.txt", "a");
    folder.write("root/sub/b.bin", patternedBytes(50_000, 4));
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
    return new Target(server, folder);
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
    const reading = drain(conn);
    try {
      timers.push(setTimeout(close, 10 * READ_MS));
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await conn.write(rest));
      await conn.closeWrite();
      timers.push(setTimeout(close, READ_MS));
    } catch {
      // The server closed the connection: its earlier answers are still read
      timers.push(setTimeout(close, READ_MS));
    }
    await reading;
    for (const timer of timers) clearTimeout(timer);
    close();
  }

  /** Checks that a new client can download a file. */
  async check(tally: Tally): Promise<void> {
    try {
      const client = await connect({ hostname: "127.0.0.1", port: this.#server.port });
      const got = await client.download(KEPT, { directory: this.#folder.path, name: "got" });
      const expected = patternedBytes(KEPT_BYTES, 3).toHex();
      if (Deno.readFileSync(got.file).toHex() !== expected) tally.violate("A download was wrong");
      await client.quit();
    } catch (error) {
      tally.violate(`A new client is not served: ${error}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
    this.#folder[Symbol.dispose]();
  }
}

async function drain(conn: Deno.TcpConn): Promise<void> {
  const sink = new Uint8Array(64 * 1024);
  try {
    while (await conn.read(sink) !== null);
  } catch {
    // Reset, or closed by us
  }
}
