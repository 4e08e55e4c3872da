import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const PACKETS = tests("discovery/mdns_packet");
const FINDER = tests("discovery/find_servers");
const OFFERED = tests("e2e/offered_servers");

/** Defects in what is believed of servers that announce themselves. */
export const DISCOVERY: readonly Mutant[] = [
  ...mutantsOf("lib/discovery/mdns_packet.ts", PACKETS, {
    "a packet may have any size": ["packet.length > LIMITS.discoveryPacketBytes", "false"],
    "all records of a packet are read": [
      "Math.min(questions + answers, LIMITS.discoveryRecords)",
      "questions + answers",
    ],
    "a goodbye counts as an answer": ["bytes.readUInt32BE(at) > 0", "true"],
    "a question counts as an answer": [
      "if ((bytes.readUInt16BE(2) & IS_RESPONSE) === 0) return [];",
      "",
    ],
  }),
  ...mutantsOf("lib/discovery/service_text.ts", tests("discovery/service_text"), {
    "a name is shown as it comes": [
      "splitText(cleanLine(name).trim(), NAME_BYTES)",
      "splitText(name, NAME_BYTES)",
    ],
    "TLS needs no key": ["|| tls !== (fingerprint !== null)", ""],
  }),
  ...mutantsOf("lib/discovery/find_servers.ts", FINDER, {
    "any number of servers is found": [
      "if (this.#known.size === LIMITS.foundServers) this.end();",
      "",
    ],
    "one machine hides the servers of others": [
      "if (isFull && !this.#isOwn(source)) return false;",
      "",
    ],
    "one machine announces a server too many": [
      "this.#countOf.of(source) >= LIMITS.foundServersOfAddress",
      "this.#countOf.of(source) > LIMITS.foundServersOfAddress",
    ],
    "servers of this machine are left out": ["isFull && !this.#isOwn(source)", "isFull"],
    "any port may answer": [
      "if (port !== MDNS.port) return; // RFC 6762, section 6",
      "",
    ],
    "an address out of reach is offered": [
      ".find((each) => isNear(each, this.#networks));",
      '.find((each) => each !== "");',
    ],
    "a copy takes the place of the server": ['${this.#isOwn(address) ? "" : address}', ""],
  }),
  ...mutantsOf("lib/discovery/networks.ts", tests("discovery/networks"), {
    "public networks are scanned": [
      "PRIVATE.some((network) => networkContains(network, address))",
      "true",
    ],
  }),
  ...mutantsOf("lib/client/found_trust.ts", tests("client/found_trust"), {
    "another key at a known address is as good": [
      'known.fingerprint === fingerprint ? "known" : "changed"',
      '"known"',
    ],
  }),
  ...mutantsOf("lib/cli/client/choose_server.ts", OFFERED, {
    "the key that a server announces is not pinned": [
      "return { ...chosen, values: { ...values, fingerprint } };",
      "return { ...chosen, values: { ...values, tls: true, trust: true } };",
    ],
    "a new key is trusted unasked": [
      "!isKnown && !values.trust && !await askToTrust",
      "false && !await askToTrust",
    ],
    "Enter takes a server with another key": [
      'first.trust.kind === "changed" ?',
      "false ?",
      tests("cli/choose_server"),
    ],
    "a server takes the place of a known host by its name": [
      "|| isHost(name)) return text;",
      ") return text;",
      tests("cli/choose_server"),
    ],
  }),
  ...mutantsOf("lib/server/announcer.ts", tests("e2e/announce"), {
    "every server is announced": [
      "if (name === null) return;",
      'if (name === null) return void (await import("../discovery/announce.ts")).announce({ name: "x", port, fingerprint, login });',
    ],
    "a new key is not told": ["this.#port.fingerprint === this.#fingerprint", "true"],
  }),
];
