import type { Neighbours } from "./neighbours.ts";
import type { RemoteMember } from "./remote_member.ts";
import type { RemoteMembers } from "./remote_members.ts";

/** Disconnects a member of this server. Returns whether it was there. @param number of its connection */
export type Kick = (number: number, notice: string) => boolean;

/** The members of the other servers of a cluster, for an operator. None without a cluster. */
export class OtherMembers {
  readonly #remotes: RemoteMembers;
  readonly #neighbours: () => Neighbours;
  #kick: Kick = () => false;

  /** Uses both, owns neither. */
  constructor(remotes: RemoteMembers, neighbours: () => Neighbours) {
    this.#remotes = remotes;
    this.#neighbours = neighbours;
  }

  /** How many there are. */
  get count(): number {
    return this.#remotes.size;
  }

  /** All of them, server by server. */
  list(): readonly RemoteMember[] {
    return [...this.#remotes.members()];
  }

  /**
   * Has the server of a member disconnect it. Resolves to whether it did.
   *
   * @param nick in any case
   * @param notice the text for the client
   * @throws {RequestError} `busy` if that server does not answer
   */
  async kick(nick: string, notice: string): Promise<boolean> {
    const member = this.#remotes.find(nick);
    return member !== null && await this.#neighbours().kick(member, notice);
  }

  /** Sets how members of this server are disconnected that another server wants to be. */
  onKick(kick: Kick): void {
    this.#kick = kick;
  }

  /** Another server wants a member of this one to be disconnected. */
  kickHere(number: number, notice: string): boolean {
    return this.#kick(number, notice);
  }
}
