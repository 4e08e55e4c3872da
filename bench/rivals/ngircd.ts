import { join } from "@std/path";
import type { BenchFixture } from "../fixture.ts";
import { freePort } from "../ports.ts";
import { Service } from "../programs.ts";

/** Starts ngircd, an IRC server written in C, without limits. */
export async function startNgircd(
  fixture: BenchFixture,
  program: string,
): Promise<{ service: Service; port: number }> {
  const port = freePort();
  const config = join(fixture.addFolder("ngircd"), "ngircd.conf");
  Deno.writeTextFileSync(config, configuration(port));
  const service = await Service.start(program, ["--nodaemon", "--config", config], port);
  return { service, port };
}

function configuration(port: number): string {
  return [
    "[Global]",
    "Name = irc.bench.local",
    "Info = bench",
    "Listen = 127.0.0.1",
    `Ports = ${port}`,
    "[Limits]",
    "MaxConnections = 0",
    "MaxConnectionsIP = 0",
    "MaxJoins = 0",
    "MaxPenaltyTime = 0",
    "PingTimeout = 600",
    "[Options]",
    "DNS = no",
    "Ident = no",
    "PAM = no",
    "",
  ].join("\n");
}
