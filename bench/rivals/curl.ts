import { join } from "@std/path";
import type { BenchFixture } from "../fixture.ts";
import { freePort } from "../ports.ts";
import { run, Service } from "../programs.ts";
import type { Rival, RunningRival } from "./rival.ts";

/** curl from nginx, followed by the SHA-256 of the file, as users do it by hand. */
export const CURL: Rival = {
  name: "curl from nginx, then openssl",
  verifies: "SHA-256, once the file has its name",
  isSha256: true,
  programs: ["nginx", "curl", "openssl"],
  async start(
    fixture: BenchFixture,
    { nginx = "", curl = "", openssl = "" },
  ): Promise<RunningRival> {
    const port = freePort();
    const folder = fixture.addFolder("nginx");
    const config = join(folder, "nginx.conf");
    Deno.writeTextFileSync(config, configuration(fixture, folder, port));
    const args = ["-p", folder, "-e", join(folder, "error.log"), "-c", config];
    const service = await Service.start(nginx, args, port);
    return {
      fetch: async (name, directory) => {
        const file = join(directory, name);
        const url = `http://127.0.0.1:${port}/${name}`;
        const transferred = await run(curl, ["--disable", "-sS", "--fail", "-o", file, url]);
        return transferred + await run(openssl, ["dgst", "-sha256", file]);
      },
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};

/** A configuration for a single process that keeps its user and writes to `folder` only. */
function configuration(fixture: BenchFixture, folder: string, port: number): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const temporary = kinds.map((kind) => `${kind}_temp_path ${join(folder, kind)};`);
  return `
daemon off;
master_process off;
pid ${join(folder, "nginx.pid")};
events {}
http {
  access_log off;
  ${temporary.join("\n  ")}
  sendfile on;
  tcp_nopush on;
  server {
    listen 127.0.0.1:${port};
    root ${fixture.served};
  }
}
`;
}
