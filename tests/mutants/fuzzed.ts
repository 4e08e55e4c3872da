import { type Killer, type Mutant, mutantsOf } from "./mutant.ts";

const FUZZER: Killer = [
  ...["run", "-q", "-A", "--no-check", "--v8-flags=--expose-gc", "tests/fuzz/main.ts"],
  ...["--frames", "200000", "--seed", "1"],
];

/** Defects that the fuzzer must find by itself, without a test of the place. */
export const FUZZED: readonly Mutant[] = [
  ...mutantsOf("lib/stream/frames/frame_reader.ts", FUZZER, {
    "fuzzer: a frame may have any size": ["if (size > BigInt(limit)) {", "if (false) {"],
    "fuzzer: a frame may be one byte too large": [
      "if (size > BigInt(limit)) {",
      "if (size > BigInt(limit) + 1n) {",
    ],
  }),
  ...mutantsOf("lib/stream/frames/partial_frame.ts", FUZZER, {
    "fuzzer: a header alone takes the memory of its frame": [
      "new Uint8Array(Math.min(size, FIRST_PAYLOAD_BYTES))",
      "new Uint8Array(size)",
    ],
  }),
  ...mutantsOf("lib/protocol/file_metadata.ts", FUZZER, {
    "fuzzer: FMTA may have lengths that do not fit": [
      "nameLength < 0 || view.getUint32(0) !== nameLength",
      "nameLength < 0",
    ],
    "fuzzer: FMTA may announce a size that no number holds": [
      "if (size > BigInt(Number.MAX_SAFE_INTEGER)) {",
      "if (false) {",
    ],
  }),
  ...mutantsOf("lib/protocol/path.ts", FUZZER, {
    "fuzzer: a path leads upwards": [
      'for (const component of normal.split("/")) checkComponent(component);',
      "",
    ],
  }),
  ...mutantsOf("lib/protocol/normal_form.ts", FUZZER, {
    "fuzzer: a text of any length is brought into a normal form": [
      'mayFitInNfc(text, maxBytes) ? text.normalize("NFC") : null',
      'text.normalize("NFC")',
    ],
  }),
  ...mutantsOf("lib/files/served_folder.ts", FUZZER, {
    "fuzzer: a link leads out of the served folder": [
      "if (!realPath.startsWith(prefix)) return false;",
      "return true;",
    ],
  }),
  ...mutantsOf("lib/worker/zstd.ts", FUZZER, {
    "fuzzer: a zstd bomb inflates": [", { maxOutputLength: LIMITS.dataBytes }", ""],
  }),
  ...mutantsOf("lib/protocol/json.ts", FUZZER, {
    "fuzzer: an id may have any size": ["{ minimum: 1, maximum: LARGEST_ID }", "{ minimum: 0 }"],
  }),
  ...mutantsOf("lib/server/session/protocol2_handler.ts", FUZZER, {
    "fuzzer: an id is used twice": [
      'if (pending.has(id)) throw new RequestError("bad-request");',
      "",
    ],
  }),
  ...mutantsOf("lib/server/context/pending_requests.ts", FUZZER, {
    "fuzzer: a request gets no answer": ["this.#answered.notifyAll();", ""],
  }),
  ...mutantsOf("lib/files/part_file.ts", FUZZER, {
    "fuzzer: a wrong hash is accepted": [
      "if (!isWhole || received !== sha256) {",
      "if (!isWhole) {",
    ],
  }),
  ...mutantsOf("lib/server/context/client_identity.ts", FUZZER, {
    "fuzzer: a file is read without the right to": [
      "if (!this.mayRead(path)) throw this.#hidden();",
      "",
    ],
    "fuzzer: a client writes without the right to": [
      'if (!may) throw new RequestError("denied", undefined, reason);',
      "",
    ],
  }),
];
