/** The client that a job is for. Shares are by address first: a client can open many connections. */
export interface JobOwner {
  /** Without the port. */
  readonly address: string;
  /** The number of the connection; data connections have that of their client. */
  readonly client: number;
}

/**
 * A queue that serves addresses in turn, the clients of an address in turn, and the items of a client
 * in their order. All operations take constant time.
 */
export class FairQueue<T> {
  readonly #addresses = new Map<string, Map<number, T[]>>();
  #length = 0;

  /** The number of items. */
  get length(): number {
    return this.#length;
  }

  /** Adds an item. */
  push({ address, client }: JobOwner, item: T): void {
    const clients = this.#addresses.get(address) ?? new Map<number, T[]>();
    this.#addresses.set(address, clients);
    const items = clients.get(client);
    if (items === undefined) clients.set(client, [item]);
    else items.push(item);
    this.#length++;
  }

  /**
   * Removes and returns the next item; `undefined` if there is none.
   *
   * @param mayServe skips the addresses for which it is `false`. Default: skips none
   */
  shift(mayServe: (address: string) => boolean = () => true): T | undefined {
    for (const [address, clients] of this.#addresses) {
      if (!mayServe(address)) continue;
      const item = takeFirst(clients);
      this.#addresses.delete(address);
      if (clients.size > 0) this.#addresses.set(address, clients); // At the end
      this.#length--;
      return item;
    }
    return undefined;
  }

  /** Removes an item; `false` if it is not queued. */
  remove({ address, client }: JobOwner, item: T): boolean {
    const clients = this.#addresses.get(address);
    const items = clients?.get(client) ?? [];
    const at = items.indexOf(item);
    if (at < 0) return false;
    items.splice(at, 1);
    this.#length--;
    if (items.length === 0) clients?.delete(client);
    if (clients?.size === 0) this.#addresses.delete(address);
    return true;
  }

  /** Removes and returns all items. */
  clear(): T[] {
    const items = [...this.#addresses.values()].flatMap((clients) => [...clients.values()].flat());
    this.#addresses.clear();
    this.#length = 0;
    return items;
  }
}

/** The first item of the first client, which moves to the end. */
function takeFirst<T>(clients: Map<number, T[]>): T | undefined {
  for (const [client, items] of clients) {
    const item = items.shift();
    clients.delete(client);
    if (items.length > 0) clients.set(client, items);
    return item;
  }
  return undefined;
}
