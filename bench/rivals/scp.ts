import { join } from "@std/path";
import type { BenchFixture } from "../fixture.ts";
import { freePort } from "../ports.ts";
import { run, Service } from "../programs.ts";
import type { Rival, RunningRival } from "./rival.ts";

/** scp from an SSH server with its own keys. */
export const SCP: Rival = {
  name: "scp",
  verifies: "each packet in transit, not the file",
  isSha256: false,
  programs: ["sshd", "scp", "ssh-keygen"],
  async start(fixture: BenchFixture, programs): Promise<RunningRival> {
    const { sshd = "", scp = "", "ssh-keygen": keygen = "" } = programs;
    const port = freePort();
    const folder = fixture.addFolder("ssh");
    const path = (name: string) => join(folder, name);
    for (const key of ["host_key", "user_key"]) {
      await run(keygen, ["-q", "-t", "ed25519", "-N", "", "-f", path(key)]);
    }
    Deno.copyFileSync(path("user_key.pub"), path("authorized_keys"));
    const hostKey = Deno.readTextFileSync(path("host_key.pub"));
    Deno.writeTextFileSync(path("known_hosts"), `[127.0.0.1]:${port} ${hostKey}`);
    Deno.writeTextFileSync(path("sshd_config"), serverConfiguration(folder, port));
    Deno.writeTextFileSync(path("ssh_config"), await clientConfiguration(folder, port));
    const service = await Service.start(sshd, ["-D", "-e", "-f", path("sshd_config")], port);
    return {
      fetch: (name, directory) => {
        const source = `127.0.0.1:${join(fixture.served, name)}`;
        return run(scp, ["-q", "-F", path("ssh_config"), source, directory]);
      },
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};

function serverConfiguration(folder: string, port: number): string {
  return lines({
    ListenAddress: `127.0.0.1:${port}`,
    HostKey: join(folder, "host_key"),
    AuthorizedKeysFile: join(folder, "authorized_keys"),
    PidFile: "none",
    StrictModes: "no", // The folder for temporary files is world-writable
    PermitRootLogin: "prohibit-password",
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    UsePAM: "no",
    Subsystem: "sftp internal-sftp",
    LogLevel: "ERROR",
  });
}

async function clientConfiguration(folder: string, port: number): Promise<string> {
  return lines({
    Port: String(port),
    User: await userName(),
    IdentityFile: join(folder, "user_key"),
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: join(folder, "known_hosts"),
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: "yes",
    BatchMode: "yes",
  });
}

function lines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).map(([key, value]) => `${key} ${value}\n`).join("");
}

async function userName(): Promise<string> {
  const { stdout } = await new Deno.Command("id", { args: ["-un"] }).output();
  return new TextDecoder().decode(stdout).trim();
}
