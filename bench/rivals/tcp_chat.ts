import type { BenchFixture } from "../fixture.ts";
import { learnHashes } from "../hashes.ts";
import { runClient, startServerProgram } from "../programs.ts";
import type { Rival, RunningRival } from "./rival.ts";

/** The programs of this project. */
export const TCP_CHAT: Rival = {
  name: "tcp-chat get",
  verifies: "SHA-256, before the file gets its name",
  isSha256: true,
  programs: [],
  async start(fixture: BenchFixture): Promise<RunningRival> {
    const { service, address, port } = await startServerProgram(fixture);
    const files = Array.from(Deno.readDirSync(fixture.served)).filter(({ isFile }) => isFile);
    await learnHashes(port, files.map(({ name }) => name));
    return {
      fetch: (name, directory) => runClient(["get", address, name, "--output", directory]),
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};
