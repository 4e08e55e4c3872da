import { join } from "@std/path";
import type { BenchFixture } from "../fixture.ts";
import { freePort } from "../ports.ts";
import { run, Service } from "../programs.ts";
import type { Rival, RunningRival } from "./rival.ts";

/** The module of the daemon: the served folder. */
export const RSYNC_MODULE = "served";

/** rsync from an rsync daemon, without a shell. */
export const RSYNC: Rival = {
  name: "rsync from a daemon",
  verifies: "a checksum of its own, no SHA-256",
  isSha256: false,
  programs: ["rsync"],
  async start(fixture: BenchFixture, { rsync = "" }): Promise<RunningRival> {
    const { service, port } = await startRsync(fixture, rsync);
    return {
      fetch: (name, directory) =>
        run(rsync, [`rsync://127.0.0.1:${port}/${RSYNC_MODULE}/${name}`, `${directory}/`]),
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};

/** Starts a daemon that serves the fixture's folder, and lets it be written to. */
export async function startRsync(
  fixture: BenchFixture,
  rsync: string,
): Promise<{ service: Service; port: number }> {
  const port = freePort();
  const config = join(fixture.addFolder("rsync"), "rsyncd.conf");
  Deno.writeTextFileSync(config, configuration(fixture, config));
  const args = ["--daemon", "--no-detach", "--address=127.0.0.1", `--port=${port}`];
  const service = await Service.start(rsync, [...args, `--config=${config}`], port);
  return { service, port };
}

function configuration(fixture: BenchFixture, config: string): string {
  const owner = Deno.uid() === 0 ? ["uid = 0", "gid = 0"] : []; // Otherwise it changes its user
  return [
    "use chroot = no",
    `log file = ${config}.log`,
    `[${RSYNC_MODULE}]`,
    `path = ${fixture.served}`,
    "read only = no",
    ...owner,
    "",
  ].join("\n");
}
