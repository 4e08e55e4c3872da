import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const LISTENER = tests("stream/tls_listener");
const GAUGES = tests("server/gauges");

/** Defects in what closes with its owner, and in what the operator sees. */
export const ENDINGS: readonly Mutant[] = [
  ...mutantsOf("lib/stream/tls/listener.ts", LISTENER, {
    "handshakes outlive their listener": [
      "for (const socket of this.#handshakes) closeSocket(socket);",
      "",
    ],
    "a closed listener still listens": ["    this.#listener.close();\n", ""],
  }),
  ...mutantsOf("lib/stream/tcp.ts", tests("stream/tcp"), {
    "a connection that is made as its signal fires stays open": ["    closeSocket(conn);\n", ""],
    "a signal is ignored while a connection is made": [
      "const signals = signal ? [signal, timeout.signal] : [timeout.signal];",
      "const signals = [timeout.signal];",
    ],
  }),
  ...mutantsOf("lib/chat/local_journal.ts", tests("chat/local_journal"), {
    "a journal is closed before its entries are stored": [
      "    this.#isClosed = true;\n    this.#flush();",
      "    this.#isClosed = true;",
    ],
  }),
  ...mutantsOf("lib/server/gauges.ts", GAUGES, {
    "the lag of the event loop does not show": ["lagMaxMs: maxMs", "lagMaxMs: 0"],
    "the bytes that wait do not show": [
      "queuedBytes: sessions.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0)",
      "queuedBytes: 0",
    ],
  }),
];
