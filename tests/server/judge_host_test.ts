import { assertEquals } from "@std/assert";
import type { FirewallFiles } from "../../lib/files/firewall_files.ts";
import type { FolderFacts } from "../../lib/files/inspect_folder.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import type { ServerFinding } from "../../lib/server/findings.ts";
import {
  judgeAddress,
  judgeCertificate,
  judgeData,
  judgeDatabase,
  judgeDescriptors,
  judgeFirewall,
  judgeHostClock,
  judgeRoot,
  judgeUser,
} from "../../lib/server/judge_host.ts";

const network = (address: string) => ({ name: "eth0", address, cidr: `${address}/24` });
const OWN = [network("127.0.0.1"), network("192.168.0.7"), network("fe80::7")];

const ADDRESSES: [host: string, own: typeof OWN | null, finding: ServerFinding][] = [
  ["0.0.0.0", OWN, "address-list"],
  ["::", OWN, "address-list"],
  ["192.168.0.7", OWN, "address-list"],
  ["192.168.0.8", OWN, "address-missing"],
  ["127.0.0.1", OWN, "address-loopback"],
  ["127.0.0.2", OWN, "address-loopback"],
  ["::1", OWN, "address-loopback"],
  ["localhost", OWN, "address-loopback"],
  ["a-name", OWN, "address-list"],
  ["0.0.0.0", [network("127.0.0.1"), network("::1")], "address-none"],
  ["192.168.0.8", null, "address-list"],
];

for (const [host, own, finding] of ADDRESSES) {
  Deno.test(`judgeAddress: finds ${finding} for ${host} with ${own?.length ?? "unknown"} addresses`, () => {
    assertEquals(judgeAddress(host, own, ["192.168.0.7"]).finding, finding);
  });
}

Deno.test("judgeAddress: names the addresses of the machine where the asked one is missing", () => {
  assertEquals(judgeAddress("10.0.0.1", OWN, ["10.0.0.1"]).data, {
    host: "10.0.0.1",
    addresses: ["192.168.0.7"],
  });
});

Deno.test("judgeUser: tells a server of this kind from anything else on the port", () => {
  assertEquals(judgeUser(5555, "tcp-chat").finding, "port-served");
  assertEquals(judgeUser(22, "ssh"), { finding: "port-taken", data: { port: 22, service: "ssh" } });
  assertEquals(judgeUser(80, "silence").finding, "port-taken");
});

const NONE: FirewallFiles = { ufw: false, ufwRules: null, firewalld: false, nftables: false };
const RULE = "### tuple ### allow tcp 5555 0.0.0.0/0 any 0.0.0.0/0 in";

const FIREWALLS: [what: string, files: FirewallFiles, os: string, finding: ServerFinding][] = [
  ["no file", NONE, "linux", "firewall-unseen"],
  ["ufw whose rules are for root", { ...NONE, ufw: true }, "linux", "firewall-ufw"],
  ["ufw without a rule", { ...NONE, ufw: true, ufwRules: "" }, "linux", "firewall-ufw"],
  ["ufw with a rule", { ...NONE, ufw: true, ufwRules: RULE }, "linux", "firewall-open"],
  ["rules of a ufw that is off", { ...NONE, ufwRules: RULE }, "linux", "firewall-unseen"],
  ["firewalld", { ...NONE, firewalld: true }, "linux", "firewall-firewalld"],
  ["nftables", { ...NONE, nftables: true }, "linux", "firewall-nftables"],
  ["Windows", NONE, "windows", "firewall-windows"],
  ["macOS", NONE, "darwin", "firewall-darwin"],
];

for (const [what, files, os, finding] of FIREWALLS) {
  Deno.test(`judgeFirewall: finds ${finding} for ${what}`, () => {
    assertEquals(judgeFirewall(files, 5555, { os, isLocal: false }).finding, finding);
    assertEquals(judgeFirewall(files, 5555, { os, isLocal: true }).finding, "firewall-local");
  });
}

Deno.test("judgeDescriptors: warns only of fewer clients than were asked for", () => {
  assertEquals(judgeDescriptors(null, 10, 10).finding, "descriptors-unknown");
  assertEquals(judgeDescriptors(1_024, LIMITS.clients, 700).finding, "descriptors-enough");
  assertEquals(judgeDescriptors(1_024, 700, 700).finding, "descriptors-enough");
  assertEquals(judgeDescriptors(1_024, 701, 700).finding, "descriptors-few");
});

const GOOD: FolderFacts = {
  path: "/srv",
  kind: "folder",
  canRead: true,
  canWrite: true,
  mode: 0o755,
  freeBytes: 500_000_000,
  isRemote: false,
};

const ROOTS: [facts: Partial<FolderFacts>, uploads: boolean, finding: ServerFinding][] = [
  [{}, true, "root-ready"],
  [{ kind: "other" }, true, "root-file"],
  [{ kind: "missing" }, true, "root-made"],
  [{ kind: "missing", canWrite: false }, false, "root-denied"],
  [{ canRead: false }, false, "root-denied"],
  [{ canWrite: false }, false, "root-ready"],
  [{ canWrite: false }, true, "root-readonly"],
  [{ freeBytes: 499_999_999 }, true, "root-full"],
  [{ freeBytes: 499_999_999 }, false, "root-ready"],
  [{ freeBytes: null }, true, "root-ready"],
  [{ isRemote: true }, false, "root-remote"],
];

for (const [facts, uploads, finding] of ROOTS) {
  Deno.test(`judgeRoot: finds ${finding} for ${JSON.stringify(facts)}${uploads ? " with uploads" : ""}`, () => {
    assertEquals(judgeRoot({ ...GOOD, ...facts }, uploads).finding, finding);
  });
}

const DATA: [facts: Partial<FolderFacts>, exposed: string[], used: boolean, ServerFinding][] = [
  [{ mode: 0o700 }, [], false, "data-private"],
  [{ mode: 0o700 }, [], true, "data-used"],
  [{ mode: 0o700 }, ["rules"], false, "data-private"],
  [{ mode: 0o755 }, [], false, "data-private"],
  [{ mode: 0o750 }, ["tls-key.pem"], false, "data-open"],
  [{ mode: null }, [], false, "data-private"],
  [{ kind: "missing" }, [], false, "data-made"],
  [{ kind: "other" }, [], false, "data-file"],
  [{ canWrite: false }, [], false, "data-denied"],
  [{ canRead: false }, [], false, "data-denied"],
  [{ freeBytes: 1 }, [], false, "data-full"],
];

for (const [facts, exposed, used, finding] of DATA) {
  Deno.test(`judgeData: finds ${finding} for ${JSON.stringify(facts)}, ${exposed}, ${used}`, () => {
    assertEquals(judgeData({ ...GOOD, ...facts }, exposed, used).finding, finding);
  });
}

Deno.test("judgeHostClock: warns of a time before the data's, or before this program", () => {
  const now = Date.UTC(2026, 5, 1);
  const judge = (newest: number | null, at = now) => judgeHostClock(at, newest).finding;
  assertEquals(judge(null), "clock-plausible");
  assertEquals(judge(now + 60_000), "clock-plausible");
  assertEquals(judge(now + 60_001), "clock-back");
  assertEquals(judge(null, Date.UTC(2025, 11, 31)), "clock-back");
});

Deno.test("judgeDatabase, judgeCertificate: have a finding for each state", () => {
  assertEquals(judgeDatabase({ state: "missing" }).finding, "database-made");
  assertEquals(judgeDatabase({ state: "sound", bytes: 1 }).finding, "database-sound");
  assertEquals(judgeDatabase({ state: "large", bytes: 1 }).finding, "database-large");
  assertEquals(judgeDatabase({ state: "newer", version: 99 }).finding, "database-newer");
  assertEquals(judgeDatabase({ state: "bad", problem: "x" }).finding, "database-bad");
  const day = 24 * 60 * 60 * 1000;
  const ends = (validToMs: number) =>
    judgeCertificate({ validToMs, fingerprint: "f" }, 0, "then").finding;
  assertEquals([ends(14 * day), ends(14 * day - 1)], ["tls-files", "tls-ending"]);
});
