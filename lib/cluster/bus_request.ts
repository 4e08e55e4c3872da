import {
  isRequestErrorCode,
  isRequestErrorReason,
  messageOf,
  RequestError,
} from "../protocol/errors.ts";
import { decodeObject, Fields, type JsonObject } from "../protocol/json.ts";
import type { Bus } from "./engine.ts";

const encoder = new TextEncoder();

/** Encodes a message between servers. */
export function encodeMessage(message: JsonObject): Uint8Array {
  return encoder.encode(JSON.stringify(message));
}

/**
 * Decodes a message between servers.
 *
 * @throws {ProtocolError}, {RequestError} for what no server sends
 */
export function decodeMessage(payload: Uint8Array): Fields {
  return new Fields(decodeObject(payload));
}

/**
 * Asks another server. Resolves to its answer.
 *
 * @throws {BusError} if there is none
 * @throws {RequestError} as the other server refuses it
 */
export async function askServer(
  bus: Bus,
  subject: string,
  question: JsonObject,
  timeoutMs: number,
): Promise<Fields> {
  const answer = decodeMessage(await bus.request(subject, encodeMessage(question), timeoutMs));
  const code = answer.optionalText("error");
  if (code === undefined) return answer;
  const reason = answer.optionalText("reason") ?? "";
  throw new RequestError(
    isRequestErrorCode(code) ? code : "internal",
    answer.text("message"),
    isRequestErrorReason(reason) ? { reason } : {},
  );
}

/** Answers the questions of other servers to a subject. Disposal ends that. @param group as of {@link Bus} */
export function answerServers(
  bus: Bus,
  subject: string,
  answer: (question: Fields) => Promise<JsonObject> | JsonObject,
  group?: string,
): Disposable {
  return bus.subscribe(subject, async (message) => {
    try {
      message.respond(encodeMessage(await answer(decodeMessage(message.payload))));
    } catch (error) {
      message.respond(encodeMessage(describeError(error)));
    }
  }, group);
}

/**
 * Takes what other servers tell on a subject. Nothing waits for an answer: what no server of this version sends is
 * left out. Disposal ends that.
 */
export function hearServers(
  bus: Bus,
  subject: string,
  take: (message: Fields) => void,
): Disposable {
  return bus.subscribe(subject, ({ payload }) => {
    try {
      take(decodeMessage(payload));
    } catch {
      // Malformed, or about what is not there
    }
  });
}

function describeError(error: unknown): JsonObject {
  if (!(error instanceof RequestError)) return { error: "internal", message: messageOf(error) };
  const { code, reason, message } = error;
  return { error: code, message, ...(reason !== null && { reason }) };
}
