import { AssertionError } from "@std/assert";
import { sha256Of } from "./bytes.ts";
import { dataFrames, type Json, jsonFrame, Protocol2Peer } from "./protocol2_peer.ts";
import { bytesOf, type Content } from "./raw_peer.ts";
import { ScriptedServer } from "./protocol1_scripted_server.ts";

/** What a scripted server of protocol 2 does on a connection, once HELO was said by both. */
export type Script2 = (peer: Protocol2Peer, connection: number) => Promise<void>;

/** What the server does on the connection for all else, and on those for data, counted from 1. */
export interface Scripts2 {
  /** Default: it answers nothing, and ends with the client. */
  readonly main?: Script2;
  /** Default: the same. */
  readonly data?: Script2;
  /** What its HELO says otherwise. */
  readonly hello?: Json;
  /** What it does with the HELO of a data connection, counted from 1. Default: answers all. */
  readonly helloToData?: (connection: number) => "answer" | "silence" | "refusal";
}

/** What the server's HELO says. */
export const SERVER_HELLO: Json = {
  protocol: 2,
  agent: "scripted",
  features: ["files", "zstd", "upload", "chat"],
  limits: { control: 65_536, data: 1_048_576, message: 4_096 },
  auth: { required: false, mechanisms: [] },
  you: { nick: "guest-1", session: "the session" },
};

/** What a data connection hears whose session has ended. */
const SESSION_OVER: Json = { id: null, code: "unauthenticated", message: "Log in first" };

/**
 * A server that answers HELO as it should, does then to every client just what its scripts say, and
 * hangs up. It knows nothing of the project's own code. Disposal throws what scripts asserted in
 * vain.
 */
export class ScriptedServer2 extends ScriptedServer {
  /** What clients said in HELO, in their order. */
  readonly hellos: Json[];
  readonly #failures: Error[];

  constructor(scripts: Scripts2) {
    const { main = untilQuit, data = untilQuit, hello: lies = {}, helloToData = () => "answer" } =
      scripts;
    const hellos: Json[] = [];
    const failures: Error[] = [];
    let connections = 0;
    super(async (raw) => {
      const peer = new Protocol2Peer(raw);
      const hello = await peer.take("HELO");
      hellos.push(hello);
      if (hello.attach !== undefined) {
        const what = helloToData(++connections);
        if (what === "silence") return await peer.raw.ended();
        if (what === "refusal") return await peer.send("FAIL", SESSION_OVER);
      }
      await peer.send("HELO", { ...SERVER_HELLO, ...lies });
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

  /** How many data connections clients have opened. */
  get dataConnections(): number {
    return this.hellos.filter(({ attach }) => attach !== undefined).length;
  }
}

/** Passes over what comes, up to QUIT or the end. */
export async function untilQuit(peer: Protocol2Peer): Promise<void> {
  for (;;) {
    const message = await peer.read();
    if (message === null || message.type === "QUIT") return;
  }
}

/** Reads up to the next request of that type, passing over all others; throws when the client leaves. */
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

/** The answer of a good server to FGET, frame by frame; the parts can be replaced. */
export function goodFile(content: Content, request: Json): Uint8Array[] {
  const asked = Number(request.offset ?? 0);
  const from = request.version === "v1" && asked <= bytesOf(content).length ? asked : 0;
  return [
    jsonFrame("FMET", { ...headOf(content, request), offset: from }),
    ...dataFrames(bytesOf(content).subarray(from)),
    jsonFrame("FEND", { id: request.id, sha256: sha256Of(content) }),
  ];
}

/** Serves `files` to a client's requests FGET, STAT and LIST, up to QUIT or the end. */
export function serving(files: Readonly<Record<string, Content>>): Script2 {
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
