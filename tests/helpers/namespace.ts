/**
 * Networks of their own for tests: multicast must never reach a real one.
 *
 * @module
 */

const LOOPBACK = ["-rn", "sh", "-c", 'ip link set lo up && echo up && exec "$@"', "sh"];

/** Whether this system lets a test make a {@link LoopbackNetwork}. */
export function hasNamespaces(): boolean {
  return Deno.build.os === "linux" && succeeds(["unshare", ...LOOPBACK, "true"]);
}

/** A network that has the loopback interface alone. Disposal ends it, when no program is left in it. */
export class LoopbackNetwork implements AsyncDisposable {
  /** The words before a command that runs it in the network. */
  readonly command: readonly [string, ...string[]];
  readonly #holder: Deno.ChildProcess;

  private constructor(holder: Deno.ChildProcess) {
    this.#holder = holder;
    this.command = ["nsenter", "-t", `${holder.pid}`, "-U", "-n", "--preserve-credentials"];
  }

  /** Makes a network. */
  static async make(): Promise<LoopbackNetwork> {
    const holder = new Deno.Command("unshare", {
      args: [...LOOPBACK, "cat"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    return new LoopbackNetwork(holder);
  }

  /** Runs a command in the network, as `ChildProcess` takes it. */
  get shell(): string {
    return `exec ${this.command.join(" ")}`;
  }

  /** The words of a command that runs in the network. */
  inside(command: readonly string[]): [string, ...string[]] {
    return [...this.command, ...command];
  }

  /** Gives the loopback interface another address, such as `10.78.0.1/32`. */
  addAddress(address: string): void {
    if (succeeds(this.inside(["ip", "addr", "add", address, "dev", "lo"]))) return;
    throw new Error(`Cannot add ${address}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.stdin.close();
    await this.#holder.stdout.cancel();
    await this.#holder.status;
  }
}

/** Whether this system lets a test make hosts on a bridge, which root alone may. */
export function hasHosts(): boolean {
  return Deno.build.os === "linux" && Deno.uid() === 0 && succeeds(["ip", "netns", "list"]) &&
    succeeds(["unshare", "-n", "true"]);
}

/** Hosts of an own network, each with an address 10.77.0.N of a bridge. Disposal removes them. */
export class Hosts implements Disposable {
  readonly #tag = `tc${crypto.getRandomValues(new Uint8Array(3)).toHex()}`;
  readonly #count: number;

  /** Makes the hosts. */
  constructor(count: number) {
    this.#count = count;
    try {
      this.#ip(`netns add ${this.#tag}`);
      this.#ip(`-n ${this.#tag} link add br0 type bridge`);
      this.#ip(`-n ${this.#tag} link set br0 up`);
      for (let n = 1; n <= count; n++) this.#addHost(n);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Runs a command on a host, as `ChildProcess` takes it. */
  shell(host: number): string {
    return `exec ip netns exec ${this.#name(host)}`;
  }

  /** A command that runs another one on a host. */
  inside(host: number, command: readonly string[]): [string, ...string[]] {
    return ["ip", "netns", "exec", this.#name(host), ...command];
  }

  /** Runs a command of `ip` on a host. */
  ip(host: number, words: string): void {
    this.#ip(`-n ${this.#name(host)} ${words}`);
  }

  [Symbol.dispose](): void {
    for (let n = 1; n <= this.#count; n++) succeeds(["ip", "netns", "del", this.#name(n)]);
    succeeds(["ip", "netns", "del", this.#tag]);
  }

  #addHost(host: number): void {
    const name = this.#name(host);
    this.#ip(`netns add ${name}`);
    this.#ip(
      `link add eth0 netns ${name} type veth peer name port${host} netns ${this.#tag}`,
    );
    this.#ip(`-n ${this.#tag} link set port${host} master br0 up`);
    this.#ip(`-n ${name} link set lo up`);
    this.#ip(`-n ${name} addr add 10.77.0.${host}/24 dev eth0`);
    this.#ip(`-n ${name} link set eth0 up`);
  }

  #name(host: number): string {
    return `${this.#tag}-${host}`;
  }

  #ip(words: string): void {
    const { success, stderr } = new Deno.Command("ip", { args: words.split(" ") }).outputSync();
    if (!success) throw new Error(`ip ${words}: ${new TextDecoder().decode(stderr)}`);
  }
}

function succeeds([command = "", ...args]: readonly string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
