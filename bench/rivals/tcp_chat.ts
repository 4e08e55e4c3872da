import { learnHashes } from "../hashes.ts";
import { runClient, startServerProgram } from "../programs.ts";
import type { BenchFixture } from "../fixture.ts";
import type { Rival, RunningRival } from "./rival.ts";

/** Our own programs. */
export const TCP_CHAT: Rival = {
  name: "tcp-chat get",
  verifies: "SHA-256, before the file gets its name",
  isSha256: true,
  programs: [],
  async start(place: BenchFixture): Promise<RunningRival> {
    const { service, address, port } = await startServerProgram(place);
    const files = Array.from(Deno.readDirSync(place.served)).filter(({ isFile }) => isFile);
    await learnHashes(port, files.map(({ name }) => name));
    return {
      fetch: (name, directory) => runClient(["get", address, name, "--output", directory]),
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};
