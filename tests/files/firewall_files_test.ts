import { assertEquals } from "@std/assert";
import { readFirewallFiles, ufwAllows } from "../../lib/files/firewall_files.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const tuple = (text: string) => `### tuple ### ${text}\n-A ufw-user-input -j ACCEPT\n`;

const RULES: [rule: string, allows: boolean][] = [
  ["allow tcp 5555 0.0.0.0/0 any 0.0.0.0/0 in", true],
  ["allow any 5555 0.0.0.0/0 any 0.0.0.0/0 in", true],
  ["allow tcp 22,5555 ::/0 any ::/0 in", true],
  ["allow tcp 5000:6000 0.0.0.0/0 any 0.0.0.0/0 in", true],
  ["allow tcp any 0.0.0.0/0 any 0.0.0.0/0 in", true],
  ["allow tcp 5556 0.0.0.0/0 any 0.0.0.0/0 in", false],
  ["allow tcp 5556:6000 0.0.0.0/0 any 0.0.0.0/0 in", false],
  ["allow udp 5555 0.0.0.0/0 any 0.0.0.0/0 in", false],
  ["deny tcp 5555 0.0.0.0/0 any 0.0.0.0/0 in", false],
  ["allow tcp 5555 0.0.0.0/0 any 192.168.0.9 in", false],
  ["allow tcp 5555 0.0.0.0/0 any 0.0.0.0/0 out", false],
];

for (const [rule, allows] of RULES) {
  Deno.test(`ufwAllows: says ${allows} for port 5555 with "${rule}"`, () => {
    assertEquals(ufwAllows(tuple(rule), 5555), allows);
  });
}

Deno.test("readFirewallFiles: finds each firewall by its files, and none where there are none", () => {
  using root = new TempDir();
  const none = { ufw: false, ufwRules: null, firewalld: false, nftables: false };
  assertEquals(readFirewallFiles(root.path), none);
  root.write("etc/ufw/ufw.conf", "# ufw\nENABLED=no\n");
  assertEquals(readFirewallFiles(root.path).ufw, false);
  root.write("etc/ufw/ufw.conf", "LOGLEVEL=low\nENABLED=yes\n");
  root.write("etc/ufw/user.rules", "rules");
  root.write("run/firewalld/x", "");
  root.write("etc/systemd/system/sysinit.target.wants/nftables.service", "");
  root.write("etc/nftables.conf", "flush ruleset\n# drop nothing\ntable inet filter {}\n");
  const found = { ufw: true, ufwRules: "rules", firewalld: true, nftables: false };
  assertEquals(readFirewallFiles(root.path), found);
  root.write(
    "etc/nftables.conf",
    "chain input { type filter hook input priority 0; policy drop; }",
  );
  assertEquals(readFirewallFiles(root.path), { ...found, nftables: true });
});
