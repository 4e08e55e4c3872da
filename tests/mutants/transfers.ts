import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const OFFSETS = tests("server/download_offsets");
const DOWNLOAD2 = tests("transfer/protocol2_download");
const DOWNLOAD1 = tests("transfer/protocol1_download");
const TLS = tests("stream/tls_connect", "client/tls_trust");
const RESUMED = tests("client/resumed_download");

/** Defects in how the ends of a transfer agree, and in which servers a client trusts. */
export const TRANSFERS: readonly Mutant[] = [
  ...mutantsOf("lib/server/transfers/send_file.ts", OFFSETS, {
    "a changed file is sent from the middle": [
      "version === versionOf(file) ? offset : 0",
      "true ? offset : 0",
    ],
    "a file is never sent from the middle": [
      "version === versionOf(file) ? offset : 0",
      "false ? offset : 0",
    ],
  }),
  ...mutantsOf("lib/transfer/part_writer.ts", tests("transfer/hash_beside"), {
    "a failed hash leaves the part open": [
      'await worker.call("endReceive", [handle, !staysOnError]).catch(() => {});',
      "",
    ],
    "a worker that hashes is not given back": ["this.#hasher[Symbol.dispose]();", ""],
    "a worker that hashes is given back again and again": ["if (this.#isEnded) return;", ""],
    "each piece is written where the first belongs": ["this.#hashedBytes += bytes.length;", ""],
  }),
  ...mutantsOf("lib/worker/worker_pool.ts", tests("worker/lend_beside"), {
    "a worker is lent where there are too few cores": ["this.#cores < CORES_FOR_TWO", "false"],
    "a worker is lent of the job's own thread": [
      "isIdle(each) && each.thread !== worker.thread",
      "isIdle(each)",
    ],
  }),
  ...mutantsOf("lib/transfer/protocol2_download.ts", DOWNLOAD2, {
    "the server sends from where it likes": [
      "head.offset !== 0 && head.offset !== offset",
      "false",
    ],
    "content that is not wanted is received": [
      "if (sha256 !== null && head.sha256 !== null && head.sha256 !== sha256) {",
      "if (false) {",
    ],
    "content that is not wanted gets its name": [
      "if (wanted !== null && sha256 !== wanted) {",
      "if (false) {",
    ],
  }),
  ...mutantsOf("lib/transfer/protocol1_download.ts", DOWNLOAD1, {
    "frames of protocol 1 come in any order": [
      "transition === undefined || transition.from !== this.#state",
      "transition === undefined",
    ],
    "protocol 1 sends more than announced": [
      "if (this.#receivedBytes > totalBytes) {",
      "if (false) {",
    ],
    "protocol 1 names a file as it likes": ["checkName(metadata.name);", ""],
    "protocol 1 sends content that is not wanted": [
      "if (wanted !== undefined && wanted !== this.#sha256) {",
      "if (false) {",
    ],
  }),
  ...mutantsOf("lib/client/download_file.ts", RESUMED, {
    "a client never resumes": ["const left = resume ? part : null;", "const left = null;"],
    "a client resumes what it was told not to": [
      "const left = resume ? part : null;",
      "const left = part;",
    ],
    "a spoilt part is not given up": [
      "if (start.keepBytes === 0 || !isSpoilt(error)) throw error;",
      "throw error;",
    ],
    "a file that is there is fetched again": [
      "const received = isTaken ? await this.#findReceived(status) : null;",
      "const received = null;",
      tests("client/download"),
    ],
  }),
  ...mutantsOf("lib/client/upload_file.ts", tests("client/upload"), {
    "a client does not resume an upload": [
      "this.offset = await this.#whenReady();",
      "await this.#whenReady();",
    ],
  }),
  ...mutantsOf("lib/client/unless_same.ts", tests("client/upload"), {
    "a file of the same size counts as the same": [
      "if (sha256 !== status.sha256) return null;",
      "",
    ],
  }),
  ...mutantsOf("lib/client/upload_channel.ts", tests("client/upload"), {
    "the server's hash of an upload is not compared": [
      'if (sha256 !== sentSha256) throw new RequestError("integrity");',
      "",
      tests("hostile/protocol2_upload_server"),
    ],
  }),
  ...mutantsOf("lib/client/upload_content.ts", tests("library/content"), {
    "a stream of the wrong length is sent": [
      "this.#checkLength(this.#sentBytes + count, count === 0);",
      "",
    ],
  }),
  ...mutantsOf("lib/transfer/stream_download.ts", tests("library/read"), {
    "a stream of wrong content is whole": ["if (!isWhole) throw wrongContent();", ""],
    "a stream is read ahead of its reader": ["await this.#room.promise;", ""],
    "a cancelled stream is sent to its end": ["this.#cancelRequest();", ""],
  }),
  ...mutantsOf("lib/stream/tls/connect.ts", TLS, {
    "a server with another key than the pinned is trusted": [
      "if (shown.fingerprint !== pin.fingerprint) {",
      "if (false) {",
    ],
    "the key of the connection is not compared": [
      "if (actual !== fingerprint) throw",
      "if (false) throw",
    ],
    "an unknown server is trusted unasked": [
      "if (!await accept({ address, fingerprint, names: namesOf(certificate) })) {",
      "if (false) {",
    ],
    "the certificate of an authority is pinned": ["if (certificate.ca) throw", "if (false) throw"],
  }),
  ...mutantsOf("lib/client/tls_trust.ts", tests("client/tls_trust"), {
    "a given fingerprint is ignored": [
      "fingerprint === undefined ? known : pinFor(fingerprint, known)",
      "known",
    ],
    "an accepted server is not remembered": [
      "if (seen === null || isSame(seen, known)) return;",
      "return;",
    ],
  }),
  ...mutantsOf("lib/files/known_hosts.ts", tests("files/known_hosts"), {
    "the pin of a host holds for other ports": [
      "formatEndpoint({ hostname: hostname.toLowerCase(), port })",
      "formatEndpoint({ hostname: hostname.toLowerCase(), port: 0 })",
    ],
    "a host in capitals is another one": ["hostname.toLowerCase()", "hostname"],
  }),
];
