import { Proxy, type Tap } from "./proxy.ts";

/** How a node is kept from the others: its connections are cut, or nothing comes through them. */
export type Isolation = "cut" | "black-hole";

interface Route {
  readonly from: number;
  readonly to: number;
  readonly proxy: Proxy;
}

/** The routes between the nodes of a cluster of NATS, each through a proxy. */
export class NatsRoutes implements AsyncDisposable {
  readonly #routes: Route[] = [];
  /** Routes to or from this node lead nowhere. */
  #isolated: { readonly node: number; readonly how: Isolation } | null = null;

  /** For `NatsCluster.start`. */
  readonly portOf = async (from: number, to: number, port: number): Promise<number> => {
    const proxy = await Proxy.start(port, [this.#tap(from, to)]);
    this.#routes.push({ from, to, proxy });
    return proxy.port;
  };

  /** Keeps a node from the others, until `heal`. */
  isolate(node: number, how: Isolation): void {
    this.#isolated = { node, how };
    if (how === "cut") this.#reset(node);
  }

  /** Lets all nodes reach each other again: by new connections, since bytes of the old ones are lost. */
  heal(): void {
    const node = this.#isolated?.node;
    this.#isolated = null;
    if (node !== undefined) this.#reset(node);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { proxy } of this.#routes) await proxy[Symbol.asyncDispose]();
  }

  #reset(node: number): void {
    for (const { from, to, proxy } of this.#routes) {
      if (from === node || to === node) proxy.cutAll("reset");
    }
  }

  #tap(from: number, to: number): Tap {
    return async (chunk, { link }, next) => {
      const isolated = this.#isolated;
      if (isolated === null || ![from, to].includes(isolated.node)) return await next(chunk);
      if (isolated.how === "cut") link.cut("reset");
    };
  }
}
