import { join } from "@std/path";
import { freePort } from "../ports.ts";
import { run, Service } from "../programs.ts";
import type { BenchFixture } from "../fixture.ts";
import type { Rival, RunningRival } from "./rival.ts";

const MODULE = "served";

/** rsync from an rsync daemon, without a shell in between. */
export const RSYNC: Rival = {
  name: "rsync from a daemon",
  verifies: "a checksum of its own, no SHA-256",
  isSha256: false,
  programs: ["rsync"],
  async start(place: BenchFixture, { rsync = "" }): Promise<RunningRival> {
    const port = freePort();
    const config = join(place.addFolder("rsync"), "rsyncd.conf");
    Deno.writeTextFileSync(config, configuration(place, config));
    const args = ["--daemon", "--no-detach", "--address=127.0.0.1", `--port=${port}`];
    const service = await Service.start(rsync, [...args, `--config=${config}`], port);
    return {
      fetch: (name, directory) =>
        run(rsync, [`rsync://127.0.0.1:${port}/${MODULE}/${name}`, `${directory}/`]),
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};

function configuration(place: BenchFixture, config: string): string {
  const owner = Deno.uid() === 0 ? ["uid = 0", "gid = 0"] : []; // Or it would become nobody
  return [
    "use chroot = no",
    `log file = ${config}.log`,
    `[${MODULE}]`,
    `path = ${place.served}`,
    "read only = yes",
    ...owner,
    "",
  ].join("\n");
}
