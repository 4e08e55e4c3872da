import fc from "fast-check";
import type { LogEntry } from "../../lib/cluster/entry.ts";
import { digestText } from "../../lib/files/digest_text.ts";

const KEY = btoa("k".repeat(32));

/** What all accounts share, as the first entry about accounts has it. */
export const SECRET: LogEntry = { kind: "secret", secret: btoa("s".repeat(32)), iterations: 2 };

/** What a server makes of a password. */
export function verifierOf(byte: string) {
  const key = btoa(byte.repeat(32));
  return { salt: btoa(byte.repeat(16)), iterations: 2, storedKey: key, serverKey: key };
}

/** The parts of rules that are long in truth. */
const SHORT_PARTS: readonly LogEntry[] = ["/a none", " *"].map((text, part) => {
  return { kind: "rulepart", sha256: digestText("/a none *"), part, parts: 2, text: btoa(text) };
});

const name = fc.constantFrom("ana", "ANA", "bob");
const subject = { target: fc.constant("nick" as const), subject: fc.constantFrom("ana", "bob") };

/** Entries about accounts, bans and rules. Few names, so that they meet. */
export const accountEntry: fc.Arbitrary<LogEntry> = fc.oneof(
  fc.constantFrom(SECRET, { ...SECRET, secret: KEY } as LogEntry),
  name.map((name): LogEntry => {
    return { kind: "adduser", name, role: "member", rights: "chat", verifier: verifierOf("a") };
  }),
  name.map((name): LogEntry => ({ kind: "passwd", name, verifier: verifierOf("b") })),
  name.map((name): LogEntry => ({ kind: "deluser", name })),
  fc.record({
    kind: fc.constant("ban" as const),
    ...subject,
    durationMs: fc.option(fc.nat(100), { nil: null }),
    reason: fc.constant(""),
    notice: fc.constant(""),
  }),
  fc.record({ kind: fc.constant("unban" as const), ...subject }),
  fc.record({ kind: fc.constant("rules" as const), text: fc.constantFrom("", "/a read *") }),
  fc.constantFrom(...SHORT_PARTS),
);
