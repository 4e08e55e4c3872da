import { AssertionError } from "@std/assert";
import { sha256Of } from "./bytes.ts";
import { ScriptedServer } from "./protocol1_scripted_server.ts";
import { dataFrames, type Json, jsonFrame, Protocol2Peer } from "./protocol2_peer.ts";
import { bytesOf, type Content } from "./raw_peer.ts";

/** The script of a connection, after HELO from both sides. */
export type Protocol2Script = (peer: Protocol2Peer, connection: number) => Promise<void>;

/** The scripts of the control connection and of the data connections, which are numbered from 1. */
export interface Protocol2Scripts {
  /** Default: answers nothing, and ends with the client. */
  readonly main?: Protocol2Script;
  /** Default: the same. */
  readonly data?: Protocol2Script;
  /** Fields that override those of its HELO. */
  readonly hello?: Json;
  /** The reaction to the HELO of a data connection, numbered from 1. Default: answers all. */
  readonly helloToData?: (connection: number) => "answer" | "silence" | "refusal";
}

/** The HELO of the server. */
export const SERVER_HELLO: Json = {
  protocol: 2,
  agent: "scripted",
  features: ["files", "zstd", "upload", "chat"],
  limits: { control: 65_536, data: 1_048_576, message: 4_096 },
  auth: { required: false, mechanisms: [] },
  you: { nick: "guest-1", session: "the session" },
};

/** The FAIL for a data connection whose session has ended. */
const SESSION_OVER: Json = { id: null, code: "unauthenticated", message: "Log in first" };

/**
 * A server that answers HELO correctly, follows its scripts with every client, and then closes the
 * connection. It contains no code of the project. Disposal throws failed assertions of the scripts.
 */
export class Protocol2ScriptedServer extends ScriptedServer {
  /** The HELOs of the clients, in order. */
  readonly hellos: Json[];
  readonly #failures: Error[];

  constructor(scripts: Protocol2Scripts) {
    const {
      main = untilQuit,
      data = untilQuit,
      hello: overrides = {},
      helloToData = () => "answer",
    } = scripts;
    const hellos: Json[] = [];
    const failures: Error[] = [];
    let connections = 0;
    super(async (raw) => {
      const peer = new Protocol2Peer(raw);
      const hello = await peer.expect("HELO");
      hellos.push(hello);
      if (hello.attach !== undefined) {
        const reaction = helloToData(++connections);
        if (reaction === "silence") return await peer.raw.ended();
        if (reaction === "refusal") return await peer.send("FAIL", SESSION_OVER);
      }
      await peer.send("HELO", { ...SERVER_HELLO, ...overrides });
      const script = hello.attach === undefined ? main(peer, 1) : data(peer, connections);
      await script.catch((error) => {
        if (error instanceof AssertionError) failures.push(error);
        throw error;
      });
    });
    this.hellos = hellos;
    this.#failures = failures;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    for (const failure of this.#failures) throw failure;
  }

  /** The number of data connections that clients have opened. */
  get dataConnections(): number {
    return this.hellos.filter(({ attach }) => attach !== undefined).length;
  }
}

/** Skips frames up to QUIT or the end. */
export async function untilQuit(peer: Protocol2Peer): Promise<void> {
  for (;;) {
    const message = await peer.read();
    if (message === null || message.type === "QUIT") return;
  }
}

/** Reads up to the next request of that type, and skips all others; throws if the client leaves. */
export async function nextRequest(peer: Protocol2Peer, type: string): Promise<Json> {
  for (;;) {
    const message = await peer.read();
    if (message === null || message.type === "QUIT") throw new Error(`No ${type} came`);
    if (message.type === type) return message.json;
  }
}

/** FMET for a whole file. */
export function headOf(content: Content, { id, path }: Json): Json {
  const size = bytesOf(content).length;
  return { id, path, size, mtime: 1_600_000_000_000, version: "v1", offset: 0 };
}

/** The frames with which a correct server answers FGET; tests replace some of them. */
export function goodFile(content: Content, request: Json): Uint8Array[] {
  const asked = Number(request.offset ?? 0);
  const from = request.version === "v1" && asked <= bytesOf(content).length ? asked : 0;
  return [
    jsonFrame("FMET", { ...headOf(content, request), offset: from }),
    ...dataFrames(bytesOf(content).subarray(from)),
    jsonFrame("FEND", { id: request.id, sha256: sha256Of(content) }),
  ];
}

/** Serves `files` to the requests FGET and STAT, up to QUIT or the end. */
export function serving(files: Readonly<Record<string, Content>>): Protocol2Script {
  return async (peer) => {
    for (;;) {
      const message = await peer.read();
      if (message === null || message.type === "QUIT") return;
      const { type, json } = message;
      const { id, path } = json;
      const content = files[String(path)];
      if (content === undefined) {
        await peer.send("FAIL", { id, code: "not-found", message: "Not here" });
      } else if (type === "FGET") {
        await peer.raw.send(...goodFile(content, json));
      } else if (type === "STAT") {
        const { size, mtime, version } = headOf(content, json);
        const sha256 = sha256Of(content);
        await peer.send("DONE", { id, path, type: "file", size, mtime, version, sha256 });
      }
    }
  };
}
