import { assertEquals } from "@std/assert";
import * as library from "../../mod.ts";
import { readSource } from "../helpers/source_files.ts";

/** What programs of strangers can call. Each is a promise: think before one is added. */
const VALUES = [
  "Bandwidth",
  "CertificateError",
  "Client",
  "ConnectionError",
  "DiskError",
  "FINDINGS",
  "KnownHosts",
  "LaggedError",
  "OMISSION_REASONS",
  "Protocol2Servers",
  "ProtocolError",
  "REQUEST_ERROR_REASONS",
  "ReconnectingChat",
  "RequestError",
  "RuleError",
  "SumListError",
  "TargetError",
  "briefRetry",
  "connect",
  "diagnose",
  "downloadAll",
  "downloadListed",
  "endlessRetry",
  "findServers",
  "formatSums",
  "formatTarget",
  "parseSums",
  "parseTarget",
  "planDownload",
  "planUpload",
  "serve",
  "uploadAll",
  "verifyAll",
];

/** Parts of the implementation, which change as it needs. */
const INTERNAL = [
  "FrameReader",
  "FrameReaderLimits",
  "FrameWriter",
  "FrameLogCursor",
  "FramedConnection",
  "ConnectionLimits",
  "DataRun",
  "FileWorker",
  "Batch",
  "ServerSetup",
];

Deno.test("mod.ts: exports what is promised, and no part of the implementation", () => {
  assertEquals(Object.keys(library).sort(), VALUES);
  const words = new Set(readSource("mod.ts").code.match(/\w+/g));
  assertEquals(INTERNAL.filter((name) => words.has(name)), []);
});
