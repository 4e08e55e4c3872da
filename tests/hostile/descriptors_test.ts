import { assert, assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { assertPortServesOn } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LIMIT = 64;
const CONTENT = patternedBytes(200_000);

/** Starts a server in its own process with at most {@link LIMIT} descriptors. */
async function startLimited(root: TempDir): Promise<{ child: ChildProcess; port: number }> {
  root.write("file.bin", CONTENT);
  const child = new ChildProcess(
    "serve_child.ts",
    [JSON.stringify({ root: root.path, maxPerAddress: 0 })],
    `ulimit -n ${LIMIT}; exec`,
  );
  const port = Number((await child.waitFor("ready")).port);
  return { child, port };
}

/** Counts the clients that the server accepts. */
async function countCapacity(): Promise<number> {
  using root = new TempDir();
  const { child, port } = await startLimited(root);
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

/** Requests the file, and checks that data or a refusal comes. */
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
    return "none"; // Closed without FERR: the server answers few refused connections at a time
  }
}

function closeAll(peers: RawPeer[]): void {
  for (const peer of peers) peer.close();
}

/** Closes all peers, and waits for the disconnects of the accepted clients. */
async function leave(child: ChildProcess, peers: RawPeer[], accepted: number): Promise<void> {
  closeAll(peers);
  for (let i = 0; i < accepted; i++) await child.waitFor("disconnected");
}

Deno.test({
  name: "few descriptors: the server never runs out, and serves on after clients have left",
  ignore: Deno.build.os === "windows",
  async fn() {
    const capacity = await countCapacity();
    using root = new TempDir();
    const { child, port } = await startLimited(root);
    await using _ = child;
    for (let round = 0; round < 2; round++) {
      const peers: RawPeer[] = [];
      for (let i = 0; i < capacity + 20; i++) peers.push(await RawPeer.connect(port));
      try {
        await peers.at(-1)!.ended();
        await assertAnswers(peers[0]!);
      } finally {
        await leave(child, peers, capacity);
      }
      await assertPortServesOn(port, "file.bin", CONTENT);
      await leave(child, [], 1);
    }
  },
});

Deno.test({
  name: "few descriptors: the server starts its first worker although it is nearly full",
  ignore: Deno.build.os === "windows",
  async fn() {
    const capacity = await countCapacity();
    // No worker runs yet, and a worker takes several descriptors
    for (let left = 0; left <= 3; left++) {
      using root = new TempDir();
      const { child, port } = await startLimited(root);
      await using _ = child;
      const peers: RawPeer[] = [];
      for (let i = 0; i < capacity - left; i++) {
        peers.push(await RawPeer.connect(port));
        await child.waitFor("connected");
      }
      assertEquals(await answerOf(peers[0]!), "data");
      await leave(child, peers, capacity - left);
      await assertPortServesOn(port, "file.bin", CONTENT);
    }
  },
});

Deno.test({
  name: "few descriptors: the server serves a download to every client at once",
  ignore: Deno.build.os === "windows",
  async fn() {
    const capacity = await countCapacity();
    using root = new TempDir();
    const { child, port } = await startLimited(root);
    await using _ = child;
    const peers: RawPeer[] = [];
    for (let i = 0; i < capacity; i++) peers.push(await RawPeer.connect(port));
    const answers = await Promise.all(peers.map(answerOf));
    assertEquals(answers, peers.map(() => "data"));
    await leave(child, peers, capacity);
    await assertPortServesOn(port, "file.bin", CONTENT);
  },
});
