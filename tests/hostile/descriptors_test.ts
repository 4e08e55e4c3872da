import { assert, assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { assertPortServesOn } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LIMIT = 64;
const CONTENT = patternedBytes(200_000);

/** A server of its own process that may have few descriptors. */
async function startStarving(root: TempDir): Promise<{ child: ChildProcess; port: number }> {
  root.write("file.bin", CONTENT);
  const child = new ChildProcess(
    "serve_child.ts",
    [JSON.stringify({ root: root.path, maxPerAddress: 0 })],
    `ulimit -n ${LIMIT}; exec`,
  );
  const port = Number((await child.waitFor("ready")).port);
  return { child, port };
}

/** How many clients the server lets in. */
async function countRoom(): Promise<number> {
  using root = new TempDir();
  const { child, port } = await startStarving(root);
  await using _ = child;
  const peers: RawPeer[] = [];
  try {
    for (;;) {
      peers.push(await RawPeer.connect(port));
      const { event } = await child.waitFor("connected", "refused");
      if (event !== "connected") return peers.length - 1;
    }
  } finally {
    closeAll(peers);
  }
}

/** Asks for the file, and takes data or a refusal for good. */
async function assertAnswers(peer: RawPeer): Promise<void> {
  assert(await answerOf(peer) !== "none", "the connection ended without an answer");
}

async function answerOf(peer: RawPeer): Promise<"data" | "refusal" | "none"> {
  try {
    await peer.sendFrame("FILE", "file.bin");
    for (;;) {
      const answer = await peer.readFrame();
      if (answer === null) return "none";
      if (answer.type === "FDAT") return "data";
      if (answer.type === "FERR") return "refusal";
    }
  } catch {
    return "none"; // Turned away without a word, since too many were being told
  }
}

function closeAll(peers: RawPeer[]): void {
  for (const peer of peers) peer.close();
}

/** Hangs up, and waits until the server has noticed that of those who were let in. */
async function leave(child: ChildProcess, peers: RawPeer[], letIn: number): Promise<void> {
  closeAll(peers);
  for (let i = 0; i < letIn; i++) await child.waitFor("disconnected");
}

Deno.test({
  name:
    "a server with few descriptors never runs out of them, and serves on when clients have left",
  ignore: Deno.build.os === "windows",
  async fn() {
    const room = await countRoom();
    using root = new TempDir();
    const { child, port } = await startStarving(root);
    await using _ = child;
    for (let round = 0; round < 2; round++) {
      const peers: RawPeer[] = [];
      for (let i = 0; i < room + 20; i++) peers.push(await RawPeer.connect(port));
      try {
        await child.waitFor("refused");
        await assertAnswers(peers[0]!);
      } finally {
        await leave(child, peers, room);
      }
      await assertPortServesOn(port, "file.bin", CONTENT);
      await leave(child, [], 1);
    }
  },
});

Deno.test({
  name: "a first download does not end a server that is nearly full",
  ignore: Deno.build.os === "windows",
  async fn() {
    const room = await countRoom();
    // No worker has been started then, and a worker takes several descriptors
    for (let left = 0; left <= 3; left++) {
      using root = new TempDir();
      const { child, port } = await startStarving(root);
      await using _ = child;
      const peers: RawPeer[] = [];
      for (let i = 0; i < room - left; i++) {
        peers.push(await RawPeer.connect(port));
        await child.waitFor("connected");
      }
      assertEquals(await answerOf(peers[0]!), "data");
      await leave(child, peers, room - left);
      await assertPortServesOn(port, "file.bin", CONTENT);
    }
  },
});

Deno.test({
  name: "many downloads at once with few descriptors are all served",
  ignore: Deno.build.os === "windows",
  async fn() {
    const room = await countRoom();
    using root = new TempDir();
    const { child, port } = await startStarving(root);
    await using _ = child;
    const peers: RawPeer[] = [];
    for (let i = 0; i < room; i++) peers.push(await RawPeer.connect(port));
    const answers = await Promise.all(peers.map(answerOf));
    assertEquals(answers, peers.map(() => "data"));
    await leave(child, peers, room);
    await assertPortServesOn(port, "file.bin", CONTENT);
  },
});
