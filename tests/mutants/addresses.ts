import { type Mutant, mutantsOf, tests } from "./mutant.ts";

/** Defects in what an address says, and in which addresses are told. */
export const ADDRESSES: readonly Mutant[] = [
  ...mutantsOf("lib/stream/target.ts", tests("stream/target"), {
    "an address holds a password": [
      'if (text.includes(":")) throw new TargetError("password", "");',
      "",
    ],
    "a path in an address leads upwards": ["return checkPath(path);", "return path;"],
    "a key in an address does not mean TLS": [
      "tls: tls !== undefined || fingerprint !== null,",
      "tls: tls !== undefined,",
    ],
    "a malformed key in an address is left out": [
      'if (fingerprint === null) throw new TargetError("fingerprint", text);',
      "",
    ],
    "the second of two keys in an address counts": [
      'if (values.has(key)) throw new TargetError("repeated", key);',
      "",
    ],
  }),
  ...mutantsOf("lib/cli/client/expand_address.ts", tests("cli/expand_address"), {
    "the key in an address is not pinned": ["...(fingerprint !== null && { fingerprint }),", ""],
    "--no-tls overrides the key in an address": [
      'const isRefused = tls && known.values["no-tls"] && known.given.has("no-tls");',
      "const isRefused = false;",
    ],
    "another key on the line is passed over": [
      'if (fingerprint !== null) refuseOther("fingerprint", fingerprint, known, locale);',
      "",
    ],
  }),
  ...mutantsOf("lib/cli/client/client_config.ts", tests("cli/client_config"), {
    "a server in the file has two keys": [
      "if (other !== undefined && !isSame(option, other, value)) {",
      "if (false) {",
    ],
    "the file has one server too many": [
      "names.length > CONFIG_LIMITS.profiles",
      "names.length > CONFIG_LIMITS.profiles + 1",
    ],
    "a server's name is one character too long": [
      "name.length <= CONFIG_LIMITS.profileNameCharacters",
      "name.length <= CONFIG_LIMITS.profileNameCharacters + 1",
    ],
  }),
  ...mutantsOf("lib/cli/options/config_file.ts", tests("cli/config_file"), {
    "a file of any size is read": ["bytes.length > CONFIG_LIMITS.configFileBytes", "false"],
    "a file is nested as deep as it likes": ["maxDepth: CONFIG_LIMITS.configDepth", ""],
    "a password in the file is an unknown key": [
      "if (/^(password|passwd|senha)$/i.test(name)) return fill(MESSAGES.password);",
      "",
    ],
  }),
  ...mutantsOf("lib/web/addresses.ts", tests("cli/start_qr"), {
    "the QR code holds a loopback address": ['!["loopback", "unspecified"]', '!["unspecified"]'],
    "the QR code holds localhost": ["/^(?:.*\\.)?localhost\\.?$/i.test(host) ||", ""],
  }),
  ...mutantsOf("lib/client/tls_trust.ts", tests("e2e/wrong_port"), {
    "a web server under --tls is not named": ["[new Uint8Array(), QUESTION]", "[new Uint8Array()]"],
  }),
];
