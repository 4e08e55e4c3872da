import { MemoryCluster } from "../helpers/memory_engine.ts";
import { testEngine } from "./engine_contract.ts";

testEngine("MemoryEngine", () => {
  const cluster = new MemoryCluster();
  cluster.hasLog = false;
  return Promise.resolve({
    connect: () => Promise.resolve(cluster.connect()),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
