import type { Check, CheckStatus, Found } from "../protocol/check.ts";

/** Everything that {@link checkServer} can find, with what it means. */
export const SERVER_FINDINGS = {
  "address-list": "ok",
  "address-loopback": "warn",
  "address-none": "warn",
  "address-missing": "fail",
  "port-free": "ok",
  "port-served": "ok",
  "port-taken": "fail",
  "port-denied": "fail",
  "port-unusable": "fail",
  "firewall-unseen": "ok",
  "firewall-open": "ok",
  "firewall-ufw": "warn",
  "firewall-firewalld": "warn",
  "firewall-nftables": "warn",
  "firewall-windows": "skip",
  "firewall-darwin": "skip",
  "firewall-local": "skip",
  "tls-off": "warn",
  "tls-made": "ok",
  "tls-own": "ok",
  "tls-files": "ok",
  "tls-ending": "warn",
  "tls-wrong": "fail",
  "descriptors-enough": "ok",
  "descriptors-few": "warn",
  "descriptors-unknown": "skip",
  "root-ready": "ok",
  "root-made": "ok",
  "root-remote": "warn",
  "root-full": "warn",
  "root-file": "fail",
  "root-denied": "fail",
  "root-readonly": "fail",
  "data-private": "ok",
  "data-used": "ok",
  "data-made": "ok",
  "data-open": "warn",
  "data-full": "warn",
  "data-file": "fail",
  "data-denied": "fail",
  "data-none": "skip",
  "clock-plausible": "ok",
  "clock-back": "warn",
  "database-sound": "ok",
  "database-made": "ok",
  "database-large": "skip",
  "database-newer": "fail",
  "database-bad": "fail",
  "rules-none": "ok",
  "rules-read": "ok",
  "rules-wrong": "fail",
} as const satisfies Readonly<Record<string, CheckStatus>>;

/** The name of what a check of {@link checkServer} finds. */
export type ServerFinding = keyof typeof SERVER_FINDINGS;

/** A check of {@link checkServer}. */
export type ServerCheck = Check<ServerFinding>;

/** What a check of {@link checkServer} finds. */
export type ServerFound = Found<ServerFinding>;
