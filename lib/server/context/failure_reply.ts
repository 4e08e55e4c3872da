import {
  describeFailure,
  messageOf,
  RequestError,
  type RequestErrorCode,
  type RequestErrorReason,
} from "../../protocol/errors.ts";
import { encodeJsonFrame } from "../../protocol/frames.ts";
import { describeForPeer } from "../../protocol/reason_texts.ts";
import { cleanLine } from "../../protocol/text.ts";
import { LOG_TEXTS } from "../config/log_texts.ts";
import { countRefusal } from "../monitoring/stats.ts";
import type { ClientIdentity } from "./client_identity.ts";
import type { ServerServices } from "./services.ts";

/** Characters of a refused path that are logged. */
const LOGGED_PATH_CHARACTERS = 200;

/** A failed request, as the client gets it. */
export interface FailureReply {
  readonly code: RequestErrorCode;
  /** Makes the code more precise, for programs. */
  readonly reason?: RequestErrorReason;
  /** The limit that the request exceeds, in bytes. */
  readonly limit?: number;
  /** For people, in the server's language. Shows no path, stack or secret of the server. */
  readonly message: string;
}

/**
 * Counts and logs a failed request, and returns the reply for its client.
 *
 * @param path the file or folder of the request, as the client gave it
 */
export function reportFailure(
  { settings, stats }: ServerServices,
  identity: ClientIdentity,
  error: unknown,
  path?: string,
): FailureReply {
  const { language, onEvent } = settings;
  const code = error instanceof RequestError ? error.code : "internal";
  const shownPath = path === undefined
    ? undefined
    : cleanLine(path.slice(0, LOGGED_PATH_CHARACTERS));
  countRefusal(stats, code);
  onEvent({
    event: "refused",
    ...identity.label,
    address: identity.address,
    code,
    ...(shownPath !== undefined && { path: shownPath }),
  });
  if (code === "internal" && !(error instanceof RequestError && error.isLogged)) {
    const reason = messageOf(error);
    onEvent({ event: "error", message: LOG_TEXTS[language].failed(shownPath ?? "", reason) });
  }
  const reason = error instanceof RequestError ? error.reason : null;
  const message = error instanceof RequestError
    ? describeForPeer(error, language)
    : describeFailure(code, language);
  const limit = error instanceof RequestError ? error.limitBytes : null;
  return {
    code,
    ...(reason !== null && { reason }),
    ...(limit !== null && { limit }),
    message,
  };
}

/** Encodes FAIL. `id` is `null` if the failure belongs to no request. */
export function encodeFail(id: number | null, failure: FailureReply): Uint8Array {
  return encodeJsonFrame("FAIL", { id, ...failure });
}
