/** Work that a server of several refuses, since it stops or is out of step, and that another one does. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ReconnectingClient } from "../../lib/client/reconnecting_client.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { jsonFrame } from "../helpers/protocol2_peer.ts";
import { ScriptedCluster } from "../helpers/scripted_cluster.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** What a server answers in place of DONE. */
const REFUSALS: Readonly<Record<string, { readonly code: string; readonly reason?: string }>> = {
  "stops": { code: "shutting-down" },
  "is out of step": { code: "busy", reason: "cluster-halted" },
  "does not know what came of it": { code: "busy", reason: "outcome-unknown" },
};

/** Starts servers, of which the first ones refuse all that they are asked for. */
async function start(size: number, refusing: number, refusal: { readonly code: string }) {
  const stack = new AsyncDisposableStack();
  const cluster = stack.use(
    await ScriptedCluster.start({
      size,
      server: { uploads: true },
      rewrite: (member) => (frame, type) => {
        if (type !== "DONE" || member >= refusing) return frame;
        const { id } = JSON.parse(new TextDecoder().decode(frame.subarray(12)));
        return jsonFrame("FAIL", { id, ...refusal, message: "no" });
      },
    }),
  );
  const { port } = cluster.at(0);
  const client = await ReconnectingClient.connect({ hostname: "127.0.0.1", port });
  stack.defer(() => client.quit());
  return {
    cluster,
    client,
    work: () => client.run((client) => client.makeFolder("folder"), () => 0),
    connections: () => cluster.members.map(({ proxy }) => proxy.links.length),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

for (const [name, refusal] of Object.entries(REFUSALS)) {
  Deno.test(`ReconnectingClient: does its work at another server where its own ${name}`, async () => {
    await using cluster = await start(2, 1, refusal);
    await cluster.work();
    assertEquals(cluster.connections(), [1, 1]);
  });
}

Deno.test("ReconnectingClient: downloads elsewhere what needs a connection that a stopping server refuses", async () => {
  await using scene = await start(2, 0, { code: "none" });
  const { cluster, client } = scene;
  cluster.server.root.write("a.txt", "a");
  cluster.at(0).proxy.refuse();
  using local = new TempDir();
  await client.run((client) => client.download("a.txt", { directory: local.path }), () => 0);
  assertEquals(Deno.readTextFileSync(local.join("a.txt")), "a");
  assert(scene.connections()[1]! > 0);
});

Deno.test("ReconnectingClient: gives up where all servers are out of step, or there is one alone", async () => {
  for (const [size, times] of [[3, 4], [1, 1]] as const) {
    await using cluster = await start(size, size, REFUSALS["is out of step"]!);
    const error = await assertRejects(cluster.work);
    assert(error instanceof RequestError, String(error));
    assertEquals([error.code, error.reason], ["busy", "cluster-halted"]);
    assertEquals(cluster.connections().reduce((sum, count) => sum + count), times);
  }
});
