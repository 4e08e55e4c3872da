import { Member } from "../chat/member.ts";
import type { NeighbourTarget, NickClaims } from "../chat/neighbours.ts";
import { isOwnNick } from "../chat/nicks.ts";
import type { Cluster } from "./cluster.ts";
import type { Applied } from "./entry.ts";
import { nickEntry } from "./nick_entry.ts";
import { GuestNumbers } from "./guest_numbers.ts";

/** Claims the nicks of the members of this server in the log. Disposal ends that. */
export class LogNickClaims implements NickClaims, Disposable {
  readonly #cluster: Pick<Cluster, "log" | "serverId">;
  readonly #target: Pick<NeighbourTarget, "setNick" | "renameRemote">;
  readonly #numbers: GuestNumbers;
  /** Members that have, or may have, a nick in the log. */
  readonly #claimers = new Set<Member>();
  readonly #listening = new DisposableStack();

  /** Uses both, owns neither. */
  constructor(
    cluster: Pick<Cluster, "log" | "serverId">,
    target: Pick<NeighbourTarget, "setNick" | "renameRemote">,
  ) {
    this.#cluster = cluster;
    this.#target = target;
    this.#numbers = new GuestNumbers(cluster);
    this.#listening.use(cluster.log.on("nick", (applied) => this.#tell(applied)));
    this.#listening.use(cluster.log.onIncarnation(() => this.#claimAgain()));
  }

  guestNumber(connection: number): number | string {
    return this.#numbers.next() ?? `${this.#cluster.serverId}-${connection}`;
  }

  async claim(member: Member, nick: string, isOwn: boolean): Promise<void> {
    this.#claimers.add(member);
    await this.#cluster.log.append(nickEntry(member.number, nick, isOwn), member);
  }

  release(member: Member): void {
    if (!this.#claimers.delete(member)) return;
    this.#cluster.log.append({ kind: "bye", member: member.number }).catch(() => {}); // `gone` frees it
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #tell({ entry: { member: number, nick }, origin, place, token }: Applied<"nick">): void {
    if (origin !== this.#cluster.log.incarnation) {
      this.#target.renameRemote({ home: origin, number }, nick, place);
    } else if (token instanceof Member && this.#claimers.has(token)) {
      this.#target.setNick(token, nick, "here");
    }
  }

  /** The others have taken this server for gone, and freed its nicks: another member may have one by now. */
  #claimAgain(): void {
    for (const member of this.#claimers) {
      const { nick, defaultNick } = member;
      this.claim(member, nick, isOwnNick(member, nick)).catch(() => {
        if (member.nick === nick) this.#target.setNick(member, defaultNick, "here");
      });
    }
  }
}
