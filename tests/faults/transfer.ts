import { join } from "@std/path";
import { PRIVATE_FOLDER } from "../../lib/protocol/path.ts";
import type { Direction } from "../helpers/proxy.ts";
import { until } from "../helpers/serves_on.ts";
import { checkContents, entriesOf, Fault, filesBelow } from "./checks.ts";
import { type ClientResult, ClientRun } from "./client_run.ts";
import type { Payload } from "./payload.ts";
import type { Fixture } from "./fixture.ts";

/** How a client is started. */
export interface RunOptions {
  /** Default: straight to the server. */
  readonly port?: number;
  readonly args?: readonly string[];
  /** What a shell puts before the command. */
  readonly shell?: string | null;
}

/** Something to be moved one way, by as many clients as it takes, and what must come of it. */
export class Transfer {
  readonly command: "get" | "put";
  readonly payload: Payload;
  /** The hashes of the files that must come out, by their paths; the source may be changed. */
  readonly hashes: Map<string, string>;
  readonly #fixture: Fixture;

  /** The payload is in the fixture's root or in its sources. */
  constructor(fixture: Fixture, command: "get" | "put", payload: Payload) {
    this.#fixture = fixture;
    this.command = command;
    this.payload = payload;
    this.hashes = new Map(payload.hashes);
  }

  /** Which way the data go. */
  get direction(): Direction {
    return this.command === "get" ? "down" : "up";
  }

  /** The file or the folder that is moved. */
  get source(): string {
    const { root, sources } = this.#fixture;
    return join(this.command === "get" ? root : sources, this.payload.name);
  }

  /** The folder that it ends up in. */
  get target(): string {
    return this.command === "get" ? this.#fixture.downloads : this.#fixture.root;
  }

  /** What lies there of transfers that broke off, with the notes beside it. */
  get parts(): string[] {
    if (this.command === "put") {
      const folder = join(this.target, PRIVATE_FOLDER);
      return entriesOf(folder).map(({ name }) => join(folder, name));
    }
    const parts = [...this.hashes.keys()].flatMap((path) =>
      [`${path}.part`, `${path}.part.version`].map((name) => join(this.target, name))
    );
    return parts.filter(isThere);
  }

  /** Starts a client. */
  run({ port = this.#fixture.port, args = [], shell = null }: RunOptions = {}): ClientRun {
    const address = `127.0.0.1:${port}`;
    const all = this.command === "get"
      ? ["get", address, this.payload.name, "-o", this.target, ...args]
      : ["put", address, this.source, ...args];
    return new ClientRun(all, shell);
  }

  /** Has a client do it that nothing disturbs. */
  async finish(options: RunOptions = {}): Promise<ClientResult> {
    const result = await this.run(options).result;
    if (result.code === 0) return result;
    throw new Fault(`The next try did not succeed:\n${result.text}`);
  }

  /** Makes sure that whatever has its name is right, and that no more is left than may be. */
  checkBrokenOff(): void {
    const { files, parts } = this.#found();
    checkContents(this.target, files, this.hashes);
    const most = this.hashes.size * (this.command === "get" ? 2 : 1);
    if (parts.length > most) throw new Fault(`Too much is left: ${parts.join(", ")}`);
  }

  /** Makes sure that all is there, right, and nothing besides. */
  async checkDone(): Promise<void> {
    // The server removes what an upload left when it learns that its client is gone
    const hasParts = () => this.parts.length > 0;
    await until(() => !hasParts(), "nothing to be left").catch(() => {});
    if (hasParts()) throw new Fault(`Something is left: ${this.parts.join(", ")}`);
    const { files } = this.#found();
    checkContents(this.target, files, this.hashes);
    if (files.length === this.hashes.size) return;
    const missing = [...this.hashes.keys()].filter((path) => !files.includes(path));
    throw new Fault(`Not all is there: ${missing.join(", ")}`);
  }

  /** Removes it at both ends. */
  remove(): void {
    const { name } = this.payload;
    for (const path of this.parts) Deno.removeSync(path, { recursive: true });
    for (const { name: entry } of entriesOf(this.target)) {
      const isStock = this.command === "put" && this.#fixture.isStock(entry);
      if (!isStock) Deno.removeSync(join(this.target, entry), { recursive: true });
    }
    const isStock = this.command === "get" && this.#fixture.isStock(name);
    if (!isStock && isThere(this.source)) Deno.removeSync(this.source, { recursive: true });
  }

  /** What is in the target folder: files under a final name, and parts. */
  #found(): { files: string[]; parts: string[] } {
    const { parts, target } = this;
    const isPart = new Set(parts);
    const top = entriesOf(target).filter(({ name }) =>
      this.command === "get" || !this.#fixture.isStock(name)
    );
    const files = top.flatMap(({ name, isDirectory }) =>
      isDirectory ? [...filesBelow(join(target, name), `${name}/`)] : [name]
    );
    return { files: files.filter((path) => !isPart.has(join(target, path))), parts };
  }
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
