import { basename, join } from "@std/path";
import { PRIVATE_FOLDER } from "../../lib/protocol/path.ts";
import type { Direction } from "../helpers/proxy.ts";
import { until } from "../helpers/serves_on.ts";
import { checkContents, CheckError, entriesOf, filesBelow } from "./checks.ts";
import { type ClientResult, ClientRun } from "./client_run.ts";
import type { Fixture } from "./fixture.ts";
import type { Payload } from "./payload.ts";

/** Options of a client run. */
export interface RunOptions {
  /** Port to connect to. Default: the server's. */
  readonly port?: number;
  readonly args?: readonly string[];
  /** Shell text before the command. */
  readonly shell?: string | null;
}

/** A payload to be transferred in one direction, by several clients if needed, and its checks. */
export class Transfer {
  readonly command: "get" | "put";
  readonly payload: Payload;
  /** The expected hashes of the files, by their paths; the source may be changed. */
  readonly hashes: Map<string, string>;
  readonly #fixture: Fixture;

  /** The payload is in the fixture's `root` or `sources`. */
  constructor(fixture: Fixture, command: "get" | "put", payload: Payload) {
    this.#fixture = fixture;
    this.command = command;
    this.payload = payload;
    this.hashes = new Map(payload.hashes);
  }

  /** Direction of the data. */
  get direction(): Direction {
    return this.command === "get" ? "down" : "up";
  }

  /** Path of the file or folder to transfer. */
  get source(): string {
    const { root, sources } = this.#fixture;
    return join(this.command === "get" ? root : sources, this.payload.name);
  }

  /** Destination folder. */
  get target(): string {
    return this.command === "get" ? this.#fixture.downloads : this.#fixture.root;
  }

  /** The parts of interrupted transfers, with the versions beside them. */
  get parts(): string[] {
    return partsBelow(this.target);
  }

  /** Starts a client. */
  run({ port = this.#fixture.port, args = [], shell = null }: RunOptions = {}): ClientRun {
    const address = `127.0.0.1:${port}`;
    const all = this.command === "get"
      ? ["get", address, this.payload.name, "-o", this.target, ...args]
      : ["put", address, this.source, ...args];
    return new ClientRun(all, shell);
  }

  /** Runs a client without faults, which must succeed. */
  async finish(options: RunOptions = {}): Promise<ClientResult> {
    const result = await this.run(options).result;
    if (result.code === 0) return result;
    throw new CheckError(`The next attempt did not succeed:\n${result.text}`);
  }

  /** Checks that all files with a final name are correct, and the number of parts. */
  checkInterrupted(): void {
    const { files, parts } = this.#found();
    checkContents(this.target, files, this.hashes);
    const maxParts = this.hashes.size * (this.command === "get" ? 2 : 1);
    if (parts.length > maxParts) {
      throw new CheckError(`Too many parts are left: ${parts.join(", ")}`);
    }
  }

  /** Checks that all files exist, are correct, and no parts are left. */
  async checkDone(): Promise<void> {
    // The server removes the part when it detects the client's end
    const hasParts = () => this.parts.length > 0;
    await until(() => !hasParts(), "the parts to be removed").catch(() => {});
    if (hasParts()) throw new CheckError(`Parts are left: ${this.parts.join(", ")}`);
    const { files } = this.#found();
    checkContents(this.target, files, this.hashes);
    if (files.length === this.hashes.size) return;
    const missing = [...this.hashes.keys()].filter((path) => !files.includes(path));
    throw new CheckError(`Files are missing: ${missing.join(", ")}`);
  }

  /** Removes the payload at both ends. */
  remove(): void {
    const { name } = this.payload;
    for (const path of this.parts) Deno.removeSync(path, { recursive: true });
    for (const { name: entry } of entriesOf(this.target)) {
      const isStock = this.command === "put" && this.#fixture.isStock(entry);
      if (!isStock) Deno.removeSync(join(this.target, entry), { recursive: true });
    }
    const isStock = this.command === "get" && this.#fixture.isStock(name);
    if (!isStock && exists(this.source)) Deno.removeSync(this.source, { recursive: true });
  }

  /** The files with a final name in the target folder, and the parts. */
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

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The paths of all parts in the private folders of a folder. */
function partsBelow(folder: string): string[] {
  return entriesOf(folder).flatMap(({ name, isDirectory }) => {
    if (isDirectory) return partsBelow(join(folder, name));
    return basename(folder) === PRIVATE_FOLDER ? [join(folder, name)] : [];
  });
}
