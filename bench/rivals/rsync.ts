import { join } from "@std/path";
import type { BenchFixture } from "../fixture.ts";
import { freePort } from "../ports.ts";
import { run, Service } from "../programs.ts";
import type { Rival, RunningRival } from "./rival.ts";

const MODULE = "served";

/** rsync from an rsync daemon, without a shell. */
export const RSYNC: Rival = {
  name: "rsync from a daemon",
  verifies: "a checksum of its own, no SHA-256",
  isSha256: false,
  programs: ["rsync"],
  async start(fixture: BenchFixture, { rsync = "" }): Promise<RunningRival> {
    const port = freePort();
    const config = join(fixture.addFolder("rsync"), "rsyncd.conf");
    Deno.writeTextFileSync(config, configuration(fixture, config));
    const args = ["--daemon", "--no-detach", "--address=127.0.0.1", `--port=${port}`];
    const service = await Service.start(rsync, [...args, `--config=${config}`], port);
    return {
      fetch: (name, directory) =>
        run(rsync, [`rsync://127.0.0.1:${port}/${MODULE}/${name}`, `${directory}/`]),
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};

function configuration(fixture: BenchFixture, config: string): string {
  const owner = Deno.uid() === 0 ? ["uid = 0", "gid = 0"] : []; // Otherwise it changes its user
  return [
    "use chroot = no",
    `log file = ${config}.log`,
    `[${MODULE}]`,
    `path = ${fixture.served}`,
    "read only = yes",
    ...owner,
    "",
  ].join("\n");
}
