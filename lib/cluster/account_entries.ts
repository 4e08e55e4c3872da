import type { AccountChanges } from "../accounts/account_changes.ts";
import { KEY_BYTES, type ScramVerifier } from "../accounts/scram_keys.ts";
import type { BanChanges } from "../chat/ban_changes.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Fields } from "../protocol/json.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { AccountEntryKinds, BanSubject, VerifierText } from "./account_kinds.ts";
import type { Appliers } from "./entry.ts";
import { MAX_RULE_PARTS } from "./rule_parts.ts";
import type { RuleRows } from "./rule_rows.ts";

/** UTF-16 units of the longest text in an entry about accounts and bans. */
const TEXT_LENGTH = 4 * LIMITS.messageBytes;
/** Bytes of a salt or secret, at most. */
const SECRET_BYTES = 64;
const LARGEST_ITERATIONS = 10_000_000;

/** The decoders of the entries about accounts, bans and rules. */
export const ACCOUNT_DECODERS = {
  secret: (fields: Fields) => ({
    secret: base64Text(fields, "secret", { max: SECRET_BYTES }),
    iterations: decodeIterations(fields),
  }),
  adduser: (fields: Fields) => ({
    name: shortText(fields, "name"),
    role: fields.text("role") === "admin" ? "admin" as const : "member" as const,
    rights: fields.optionalText("rights") ?? null,
    verifier: decodeVerifierText(fields.object("verifier")),
  }),
  passwd: (fields: Fields) => ({
    name: shortText(fields, "name"),
    verifier: decodeVerifierText(fields.object("verifier")),
  }),
  deluser: (fields: Fields) => ({ name: shortText(fields, "name") }),
  ban: (fields: Fields) => ({
    ...decodeTarget(fields),
    durationMs: fields.optionalInteger("durationMs") ?? null,
    reason: shortText(fields, "reason"),
    notice: shortText(fields, "notice"),
  }),
  unban: (fields: Fields) => decodeTarget(fields),
  rules: (fields: Fields) => ({ text: fields.text("text") }),
  rulepart: (fields: Fields) => {
    const parts = fields.integer("parts", { minimum: 1, maximum: MAX_RULE_PARTS });
    return {
      sha256: fields.sha256("sha256"),
      part: fields.integer("part", { maximum: parts - 1 }),
      parts,
      text: fields.text("text"),
    };
  },
};

function decodeTarget(fields: Fields): BanSubject {
  const target = fields.text("target") === "address" ? "address" : "nick";
  return { target, subject: shortText(fields, "subject") };
}

/** Reads a verifier in an entry. @throws {RequestError} `bad-request` */
export function decodeVerifierText(fields: Fields): VerifierText {
  const key = { min: KEY_BYTES, max: KEY_BYTES };
  return {
    salt: base64Text(fields, "salt", { max: SECRET_BYTES }),
    iterations: decodeIterations(fields),
    storedKey: base64Text(fields, "storedKey", key),
    serverKey: base64Text(fields, "serverKey", key),
  };
}

function decodeIterations(fields: Fields): number {
  return fields.integer("iterations", { minimum: 1, maximum: LARGEST_ITERATIONS });
}

/** Text that stands for so many bytes. @throws {RequestError} `bad-request` */
function base64Text(
  fields: Fields,
  name: string,
  { min = 1, max }: { readonly min?: number; readonly max: number },
): string {
  const text = shortText(fields, name);
  const length = bytesIn(text);
  if (length === null || length < min || length > max) throw new RequestError("bad-request");
  return text;
}

/** `null` for text that is no base64. */
function bytesIn(text: string): number | null {
  try {
    return Uint8Array.fromBase64(text).length;
  } catch {
    return null;
  }
}

/** Reads a text that is as long as others at the most. @throws {RequestError} `bad-request` */
export function shortText(fields: Fields, name: string): string {
  const text = fields.text(name);
  if (text.length <= TEXT_LENGTH) return text;
  throw new RequestError("bad-request");
}

/** Writes a verifier as text. */
export function encodeVerifier(verifier: ScramVerifier): VerifierText {
  const { salt, iterations, storedKey, serverKey } = verifier;
  return {
    salt: salt.toBase64(),
    iterations,
    storedKey: storedKey.toBase64(),
    serverKey: serverKey.toBase64(),
  };
}

/** The inverse of {@link encodeVerifier}. */
export function decodeVerifier(text: VerifierText): ScramVerifier {
  const { salt, iterations, storedKey, serverKey } = text;
  return {
    salt: Uint8Array.fromBase64(salt),
    iterations,
    storedKey: Uint8Array.fromBase64(storedKey),
    serverKey: Uint8Array.fromBase64(serverKey),
  };
}

/** What entries about accounts, bans and rules change. */
export interface AccountState {
  readonly accounts: AccountChanges;
  readonly bans: BanChanges;
  readonly rules: RuleRows;
}

/** Makes the appliers of the entries about accounts, bans and rules. */
export function accountAppliers(
  { accounts, bans, rules }: AccountState,
): Appliers<keyof AccountEntryKinds> {
  return {
    secret: ({ secret, iterations }) => {
      accounts.begin(Uint8Array.fromBase64(secret), iterations);
      return {};
    },
    adduser: ({ name, role, rights, verifier }, { stampMs }) => {
      const added = { name, role, rights, verifier: decodeVerifier(verifier) };
      return { account: accounts.add(added, stampMs) };
    },
    passwd: ({ name, verifier }) => {
      return { account: accounts.setVerifier(name, decodeVerifier(verifier)) };
    },
    deluser: ({ name }) => ({ account: accounts.remove(name) }),
    ban: ({ target, subject, durationMs, reason }, { stampMs }) => {
      const expiresMs = durationMs === null ? null : stampMs + durationMs;
      const ban = { kind: target, subject, sinceMs: stampMs, expiresMs, reason };
      bans.set(ban);
      return { ban };
    },
    unban: ({ target, subject }, { stampMs }) => {
      return { wasBanned: bans.remove({ kind: target, subject }, stampMs) };
    },
    rules: ({ text }) => {
      rules.setShared(text);
      return {};
    },
    rulepart: (part) => {
      rules.addPart(part);
      return {};
    },
  };
}
