import type { Ban } from "../chat/ban.ts";
import type { BanKeeper, BanListener } from "../chat/ban_keeper.ts";
import { type BanOptions, banTarget, checkedBanTarget } from "../chat/bans.ts";
import type { ClusterLog } from "./cluster_log.ts";

/** Keeps the bans of all servers of a cluster: each one applies them to its own clients. */
export class LogBanKeeper implements BanKeeper {
  readonly #log: Pick<ClusterLog, "append" | "on">;

  /** Uses the log, does not own it. */
  constructor(log: Pick<ClusterLog, "append" | "on">) {
    this.#log = log;
  }

  async ban(
    addressOrNick: string,
    notice: string,
    { durationMs = undefined, reason = "" }: BanOptions = {},
  ): Promise<Ban> {
    const { kind: target, subject } = checkedBanTarget(addressOrNick);
    const about = { target, subject, durationMs: durationMs ?? null, reason, notice };
    return (await this.#log.append({ kind: "ban", ...about })).ban;
  }

  async unban(addressOrNick: string): Promise<boolean> {
    const { kind: target, subject } = banTarget(addressOrNick);
    return (await this.#log.append({ kind: "unban", target, subject })).wasBanned;
  }

  onBan(listener: BanListener): Disposable {
    return this.#log.on("ban", ({ outcome, entry }) => listener(outcome.ban, entry.notice));
  }
}
