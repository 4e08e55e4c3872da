import { pause } from "../../async/pause.ts";
import type { TransferFailure } from "../../client/batch.ts";
import type { Client } from "../../client/client.ts";
import type { ReconnectingClient } from "../../client/reconnecting_client.ts";
import { RequestError } from "../../protocol/errors.ts";
import { EXIT } from "../texts/failure.ts";
import type { Direction } from "../view/describe_result.ts";
import { Reporter } from "../view/reporter.ts";
import { connectTold, type ConnectToldOptions } from "./connect_told.ts";
import { formatWithSums, type RecordSumsOptions, RoundSums } from "./record_sums.ts";

/** Options of {@link runRounds}. */
export interface RoundsOptions extends ConnectToldOptions, RecordSumsOptions {
  readonly direction: Direction;
  /** The pause between two rounds. */
  readonly everyMs: number;
}

/** What has come of the transfer of a round. */
export interface RoundResult {
  readonly failures: readonly TransferFailure[];
  /** Files of this machine that a mirror has deleted. */
  readonly deleted: number;
  readonly exitCode: number;
}

/** The transfer of one round. What it throws is the failure of the round. */
export type RoundWork = (
  clients: ReconnectingClient,
  reporter: Reporter,
) => Promise<RoundResult>;

/**
 * Repeats a transfer until the signal fires, over one connection, which is made again for the next round
 * after a loss. A round that fails does not end it.
 *
 * @param begin looks at the server before the first round, and returns the work of each; what it throws
 * ends the command
 * @returns the exit code of the last round
 * @throws {ConnectionError} when there is no server at the start; the reason of the signal before that
 * @throws {RequestError} `unsupported` by protocol 1
 * @throws {DiskError} when the sums or the results cannot be written
 */
export async function runRounds(
  options: RoundsOptions,
  begin: (client: Client) => RoundWork,
): Promise<number> {
  const { format, direction, everyMs, signal } = options;
  const sums = await RoundSums.start(options.sums);
  const inRounds = formatWithSums(sums, { ...options, format: { ...format, inRounds: true } });
  const reporter = new Reporter(inRounds, direction);
  const clients = await connectTold(options, reporter);
  try {
    const work = begin(await protocol2Client(clients));
    reporter.onRepeat(everyMs);
    for (let round = 1;; round++) {
      const exitCode = await runRound(round, { clients, reporter, sums, work, signal });
      if (!signal.aborted) await pause(everyMs, signal);
      if (signal.aborted) {
        await clients.quit();
        return exitCode;
      }
      reporter.beginRound();
    }
  } finally {
    await reporter.printed(signal);
    await clients.close();
  }
}

/** @throws {RequestError} `unsupported` by protocol 1, which cannot tell what is there already */
async function protocol2Client(clients: ReconnectingClient): Promise<Client> {
  const client = await clients.client;
  if (client.protocol === 1) await client.protocolSettled;
  if (client.protocol === 1) {
    throw new RequestError("unsupported", undefined, { reason: "protocol-1" });
  }
  return client;
}

/** What all rounds share. */
interface RoundTools {
  readonly clients: ReconnectingClient;
  readonly reporter: Reporter;
  readonly sums: RoundSums;
  readonly work: RoundWork;
  readonly signal: AbortSignal;
}

/** Returns the exit code. @throws {DiskError} when the results cannot be written */
async function runRound(round: number, tools: RoundTools): Promise<number> {
  const { reporter, signal } = tools;
  const { failures, deleted, exitCode: ofFiles } = await transfer(tools);
  const ofSums = await writeSums(ofFiles === EXIT.done, tools);
  await reporter.printed(signal);
  const exitCode = reporter.exitCode(ofFiles === EXIT.done ? ofSums : ofFiles);
  reporter.onRound({ round, failed: failures.length, deleted, exitCode });
  await reporter.printed(signal);
  return exitCode;
}

async function transfer({ clients, reporter, work, signal }: RoundTools): Promise<RoundResult> {
  try {
    await clients.renew();
    return await work(clients, reporter);
  } catch (error) {
    const { exitCode } = reporter.onRoundError(signal.aborted ? signal.reason : error);
    return { failures: [], deleted: 0, exitCode };
  }
}

async function writeSums(isWhole: boolean, { sums, reporter }: RoundTools): Promise<number> {
  try {
    await sums.endRound(isWhole);
    return EXIT.done;
  } catch (error) {
    return reporter.onRoundError(error).exitCode;
  }
}
