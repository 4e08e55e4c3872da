import { assertEquals } from "@std/assert";
import { clusterJson, describeCluster } from "../../lib/cli/view/cluster_status.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import type { ClusterReport, InspectedServer } from "../../lib/cluster/inspect_cluster.ts";
import type { ServerStatus } from "../../lib/cluster/server_status.ts";

const LOG = { epoch: "00112233445566778899aabbccddeeff", first: 1, last: 9 };

function serverOf(server: string, more: Partial<ServerStatus> | null): InspectedServer {
  const status = more === null ? null : {
    server,
    incarnation: `${server}.1`,
    applied: 9,
    chain: "c9",
    chainAtPlace: "c9",
    stop: null,
    clients: 2,
    copiesMissing: null,
    copies: null,
    checks: null,
    known: [],
    ...more,
  };
  const behind = status && LOG.last - status.applied;
  return { server, host: "host", port: 6001, status, behind };
}

function reportOf(servers: readonly InspectedServer[], isSame = false): ClusterReport {
  return { name: "test", log: LOG, place: 9, servers, isSame };
}

Deno.test("describeCluster: shows a line for each server, and what is proven", () => {
  const servers = [
    serverOf("aaaaaaaa", { copiesMissing: 0 }),
    serverOf("bbbbbbbb", { applied: 7, clients: 1, copiesMissing: 3 }),
  ];
  assertEquals(describeCluster(reportOf(servers, true), makeLocale("en")), [
    "  aaaaaaaa  host:6001  in step   c9  2 clients",
    "  bbbbbbbb  host:6001  2 behind  c9  1 client, 3 copies are missing",
    "The same on all 2 servers: at record 9, their chain is c9.",
  ]);
  assertEquals(describeCluster(reportOf(servers, true), makeLocale("pt-BR")), [
    "  aaaaaaaa  host:6001  em dia   c9  2 clientes",
    "  bbbbbbbb  host:6001  2 atrás  c9  1 cliente, faltam 3 cópias",
    "Igual em todos os 2 servidores: no registro 9, a cadeia é c9.",
  ]);
});

Deno.test("describeCluster: shows what the checks of files have found, where that says something", () => {
  const checkedMs = new Date(2026, 10, 2, 12).getTime();
  const servers = [
    serverOf("aaaaaaaa", { checks: { checkedMs: null, damagedFiles: 0, wrongFiles: 0 } }),
    serverOf("bbbbbbbb", { checks: { checkedMs, damagedFiles: 0, wrongFiles: 0 } }),
    serverOf("cccccccc", { checks: { checkedMs, damagedFiles: 2, wrongFiles: 1 } }),
    serverOf("dddddddd", { checks: { checkedMs: 0, damagedFiles: 1, wrongFiles: 3 } }),
    serverOf("eeeeeeee", {}), // An older one
  ];
  const figuresIn = (language: "en" | "pt-BR") =>
    describeCluster(reportOf(servers), makeLocale(language)).slice(0, -1)
      .map((line) => line.split("  ").at(-1));
  assertEquals(figuresIn("en"), [
    "2 clients",
    "2 clients, all files checked since 2026-11-02",
    "2 clients, all files checked since 2026-11-02, 2 damaged files found, 1 file is still damaged",
    "2 clients, not all files checked yet, 1 damaged file found, 3 files are still damaged",
    "2 clients",
  ]);
  assertEquals(figuresIn("pt-BR").slice(2, 4), [
    "2 clientes, todos os arquivos verificados desde 2026-11-02, 2 arquivos danificados encontrados, 1 arquivo segue danificado",
    "2 clientes, nem todos os arquivos verificados ainda, 1 arquivo danificado encontrado, 3 arquivos seguem danificados",
  ]);
});

Deno.test("clusterJson: has the checks of files of each server, null where it does not tell", () => {
  const checks = { checkedMs: 5, damagedFiles: 2, wrongFiles: 1 };
  const report = reportOf([serverOf("aaaaaaaa", { checks }), serverOf("bbbbbbbb", {})]);
  const { servers } = JSON.parse(clusterJson(report));
  const told = servers.map((each: Record<string, unknown>) => [
    ...[each.checked, each.damagedFiles, each.wrongFiles],
  ]);
  assertEquals(told, [[5, 2, 1], [null, null, null]]);
});

Deno.test("describeCluster: shows an IPv6 address in brackets", () => {
  const server = { ...serverOf("aaaaaaaa", null), host: "fd00::1" };
  const [line] = describeCluster(reportOf([server]), makeLocale("en"));
  assertEquals(line, "  aaaaaaaa  [fd00::1]:6001  not there");
});

Deno.test("describeCluster: tells that servers differ in the copies that they keep", () => {
  const linesOf = (...copies: readonly (string | null)[]) => {
    const ids = ["aaaaaaaa", "bbbbbbbb", "cccccccc"];
    const servers = copies.map((each, i) => serverOf(ids[i]!, { copies: each }));
    return describeCluster(reportOf(servers, true), makeLocale("en")).slice(copies.length, -1);
  };
  assertEquals(linesOf("2", "2", null), []); // One that is older, or keeps no files
  assertEquals(linesOf("2", "all", "2"), [
    "The servers differ in --copies, by which each counts what is missing: aaaaaaaa 2, bbbbbbbb all, cccccccc 2.",
  ]);
});

Deno.test("describeCluster: shows which server is furthest where the log is gone", () => {
  const servers = [
    serverOf("aaaaaaaa", { stop: "log-lost" }),
    serverOf("bbbbbbbb", { stop: "log-lost", applied: 7 }),
  ];
  const report = { ...reportOf(servers), log: null };
  assertEquals(describeCluster(report, makeLocale("en")), [
    "  aaaaaaaa  host:6001  stopped (log-lost)            c9  2 clients",
    "  bbbbbbbb  host:6001  stopped (log-lost), 2 behind  c9  2 clients",
    "Not proven to be the same: NATS has lost the log (help cluster seed).",
  ]);
  const { epoch, last } = JSON.parse(clusterJson(report));
  assertEquals([epoch, last], [null, null]);
});

Deno.test("describeCluster: says why there is no proof", () => {
  const reasonOf = (...servers: readonly InspectedServer[]) =>
    describeCluster(reportOf(servers), makeLocale("en")).at(-1);
  const right = serverOf("aaaaaaaa", {});
  assertEquals(reasonOf(), "Not proven to be the same: no server answers.");
  assertEquals(
    reasonOf(right, serverOf("bbbbbbbb", null)),
    "Not proven to be the same: 1 server is not there.",
  );
  assertEquals(
    reasonOf(right, serverOf("bbbbbbbb", { chainAtPlace: "other" }), serverOf("cccccccc", null)),
    "Not proven to be the same: their chains at record 9 differ.",
  );
  assertEquals(
    reasonOf(right, serverOf("bbbbbbbb", { stop: "no-space" })),
    "Not proven to be the same: 1 server has stopped to apply.",
  );
  assertEquals(
    reasonOf(right, serverOf("bbbbbbbb", { chainAtPlace: null })),
    "Not proven to be the same: not all know the chain at record 9: try again.",
  );
});
