import { join } from "./path.ts";
import { readQuietly } from "./read_quietly.ts";

/** What the files of firewalls tell, as far as they can be read. */
export interface FirewallFiles {
  /** Whether ufw is enabled. */
  readonly ufw: boolean;
  /** The rules of ufw; `null` if they cannot be read. */
  readonly ufwRules: string | null;
  /** Whether firewalld runs. */
  readonly firewalld: boolean;
  /** Whether nftables loads rules at the start of the system that refuse anything. */
  readonly nftables: boolean;
}

/**
 * Reads the files of the firewalls of Linux. No program is started, and most rules are for root alone to
 * read: this tells which firewall is there, not always what it does.
 *
 * @param root the root of the file system
 */
export function readFirewallFiles(root = "/"): FirewallFiles {
  const has = (path: string) => info(join(root, path)) !== null;
  const text = (path: string) => readQuietly(join(root, path));
  return {
    ufw: /^ENABLED=yes/im.test(text("etc/ufw/ufw.conf") ?? ""),
    ufwRules: text("etc/ufw/user.rules"),
    firewalld: has("run/firewalld") || has("run/firewalld.pid"),
    nftables: has("etc/systemd/system/sysinit.target.wants/nftables.service") &&
      /^\s*[^#\n]*\b(?:drop|reject)\b/m.test(text("etc/nftables.conf") ?? ""),
  };
}

/** Whether the rules of ufw let everybody connect to a TCP port. */
export function ufwAllows(rules: string, port: number): boolean {
  for (const line of rules.split("\n")) {
    const [, protocol = "", ports = "", from = ""] =
      /^### tuple ### allow (\S+) (\S+) \S+ \S+ (\S+) in\b/.exec(line) ?? [];
    const isTcp = protocol === "tcp" || protocol === "any";
    if (isTcp && from.endsWith("/0") && ports.split(",").some((part) => covers(part, port))) {
      return true;
    }
  }
  return false;
}

/** @param part `5555`, `5000:6000` or `any` */
function covers(part: string, port: number): boolean {
  if (part === "any") return true;
  const [first, last = first] = part.split(":").map(Number);
  return first !== undefined && last !== undefined && first <= port && port <= last;
}

function info(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch {
    return null;
  }
}
