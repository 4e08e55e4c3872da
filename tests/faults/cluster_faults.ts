import { pause } from "../../lib/async/pause.ts";
import type { NatsNode } from "../helpers/nats.ts";
import type { Isolation } from "../helpers/nats_routes.ts";
import type { Prng } from "../helpers/prng.ts";
import type { ClusterServer, ClusterWorld } from "./cluster_world.ts";

/** A fault that lasts for some seconds; what it has ended is brought back by `ClusterWorld.heal`. */
export interface ClusterFault {
  readonly name: string;
  run(world: ClusterWorld, prng: Prng): Promise<void>;
}

async function last(prng: Prng, minSeconds: number, maxSeconds: number): Promise<void> {
  await pause(prng.between(minSeconds * 1_000, maxSeconds * 1_000));
}

type NodePicker = (world: ClusterWorld, prng: Prng) => Promise<NatsNode>;

const leader: NodePicker = async (world, prng) => {
  const name = await world.leader();
  return world.nats.nodes.find((node) => node.name === name) ?? prng.pick(world.nats.nodes);
};

const follower: NodePicker = async (world, prng) => {
  const name = await world.leader();
  return prng.pick(world.nats.nodes.filter((node) => node.name !== name));
};

function killNode(name: string, pick: NodePicker, signal: "SIGKILL" | "SIGTERM"): ClusterFault {
  return {
    name,
    async run(world, prng) {
      const node = await pick(world, prng);
      await node.stop(signal);
      await last(prng, 1, 8);
    },
  };
}

function freezeNode(name: string, pick: NodePicker): ClusterFault {
  return {
    name,
    async run(world, prng) {
      const node = await pick(world, prng);
      node.freeze();
      await last(prng, 2, 10);
      node.thaw();
    },
  };
}

function isolate(name: string, pick: NodePicker, how: Isolation): ClusterFault {
  return {
    name,
    async run(world, prng) {
      const node = await pick(world, prng);
      world.routes.isolate(world.nats.nodes.indexOf(node), how);
      await last(prng, 3, 17);
      world.routes.heal();
    },
  };
}

/** Kills as many nodes at once. */
function killNodes(name: string, count: number): ClusterFault {
  return {
    name,
    async run({ nats }, prng) {
      const first = prng.below(nats.nodes.length);
      const nodes = Array.from({ length: count }, (_, i) => nats.nodes[(first + i) % 3]!);
      await Promise.all(nodes.map((node) => node.stop("SIGKILL")));
      await last(prng, 1, 12);
    },
  };
}

function onServer(
  name: string,
  action: (server: ClusterServer, prng: Prng) => Promise<void>,
): ClusterFault {
  return { name, run: ({ servers }, prng) => action(prng.pick(servers), prng) };
}

/** All faults: each happens once before one happens again. */
export const CLUSTER_FAULTS: readonly ClusterFault[] = [
  onServer("a server is killed", async (server, prng) => {
    await server.stop("SIGKILL");
    await last(prng, 0, 3);
  }),
  killNode("the leader of NATS is killed", leader, "SIGKILL"),
  isolate("the leader of NATS is behind a black hole", leader, "black-hole"),
  killNode("a follower of NATS is killed", follower, "SIGKILL"),
  onServer("a server is frozen", async (server, prng) => {
    server.freeze();
    await last(prng, 1, 10);
    server.thaw();
  }),
  killNodes("NATS has lost its quorum", 2),
  isolate("a follower of NATS is cut off", follower, "cut"),
  onServer("a server is stopped", async (server, prng) => {
    await server.stop("SIGTERM");
    await last(prng, 0, 3);
  }),
  freezeNode("the leader of NATS is frozen", leader),
  {
    name: "a server and the leader of NATS are killed",
    async run(world, prng) {
      const node = await leader(world, prng);
      await Promise.all([node.stop("SIGKILL"), prng.pick(world.servers).stop("SIGKILL")]);
      await last(prng, 1, 8);
    },
  },
  {
    name: "servers start beside a leader of NATS that is behind a black hole",
    async run(world, prng) {
      const node = await leader(world, prng);
      world.routes.isolate(world.nats.nodes.indexOf(node), "black-hole");
      await last(prng, 2, 9);
      await Promise.all(world.servers.map((server) => server.stop("SIGKILL")));
      for (const server of world.servers) server.start();
      await last(prng, 3, 8);
      world.routes.heal();
    },
  },
  isolate("the leader of NATS is cut off", leader, "cut"),
  killNode("the leader of NATS is stopped", leader, "SIGTERM"),
  killNodes("all nodes of NATS are killed", 3),
  isolate("a follower of NATS is behind a black hole", follower, "black-hole"),
  {
    name: "all servers are killed",
    async run({ servers }, prng) {
      await Promise.all(servers.map((server) => server.stop("SIGKILL")));
      await last(prng, 0, 2);
    },
  },
  freezeNode("a follower of NATS is frozen", follower),
];
