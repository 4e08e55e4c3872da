import { cleanLine } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import { describeLacking } from "../options/partner_options.ts";
import { changeLimit } from "./change_limit.ts";
import type { ChatCommands } from "./chat_commands.ts";
import type { CommandContext } from "./command_context.ts";
import { COMMANDS } from "./commands.ts";
import type { InteractiveTransfers } from "./interactive_transfers.ts";
import {
  parseTransferRequest,
  type TransferCommand,
  type TransferRequest,
  unknownOption,
} from "./transfer_request.ts";

/** What the commands need. */
interface TransferContext extends CommandContext {
  readonly transfers: InteractiveTransfers;
  readonly announced: Pick<ChatCommands, "findAnnounced">;
  /** The room that is told of what is sent; `null` for none. */
  readonly room: () => string | null;
}

/** The commands of the interactive client that move files, and those about transfers under way. */
export class TransferCommands {
  readonly #context: TransferContext;

  /** Owns nothing of `context`. */
  constructor(context: TransferContext) {
    this.#context = context;
  }

  /** The commands by their names. */
  get handlers(): Readonly<
    Record<"file" | "put" | "cancel" | "limit", (argument: string) => Promise<void> | void>
  > {
    return {
      file: (argument) => this.#get(argument),
      put: (argument) => this.#put(argument),
      cancel: (name) => this.#cancel(name),
      limit: (rate) => this.#limit(rate),
    };
  }

  /** Fetches a file by the number of its announcement in the room, or files by their names. */
  async #get(argument: string): Promise<void> {
    const { transfers, announced } = this.#context;
    const request = this.#parse(argument, "file");
    if (request === null) return;
    const file = await announced.findAnnounced(request);
    if (file === null) transfers.get(request);
    else transfers.getAnnounced(file, request);
  }

  #put(argument: string): void {
    const request = this.#parse(argument, "put");
    if (request !== null) this.#context.transfers.put(request, this.#context.room());
  }

  /** What a line asks to move; `null`, once that is said, if it cannot be told. */
  #parse(argument: string, command: TransferCommand): TransferRequest | null {
    const { locale, refuse, usage } = this.#context;
    const option = unknownOption(argument, command);
    if (option !== null) {
      refuse(EXIT.usage, locale.t("unknownOption", { option: cleanLine(option) }));
      return null;
    }
    const request = parseTransferRequest(argument);
    if (request === null) {
      usage(command);
      return null;
    }
    const lacking = describeLacking(request.given, locale);
    if (lacking === null) return request;
    refuse(EXIT.usage, lacking);
    return null;
  }

  #cancel(name: string): void {
    const { transfers, locale: { t }, input } = this.#context;
    const isOther = name !== "" && transfers.isBusy;
    if (transfers.cancel(name)) return;
    input.print(isOther ? t("noSuchTransfer", { name: cleanLine(name) }) : t("nothingToCancel"));
  }

  #limit(rate: string): void {
    const { locale: { t, fill }, refuse } = this.#context;
    if (changeLimit(rate, this.#context)) return;
    refuse(EXIT.usage, t("rateUsage", { usage: fill(COMMANDS.limit.usage) }));
  }
}
