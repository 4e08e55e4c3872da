import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const GUARD = tests("web/host_guard");
const FILES = tests("web/files");

/** Defects in what guards the web page and its files. */
export const WEB: readonly Mutant[] = [
  ...mutantsOf("lib/web/host_guard.ts", GUARD, {
    "a name of the Internet is answered": [
      'if (!plain.includes(".") || names.includes(plain)) return true;',
      "return true;",
    ],
    "a name that only ends like a local one is answered": [
      'const LOCAL_SUFFIXES = [".localhost", ".local",',
      'const LOCAL_SUFFIXES = [".localhost", "local",',
    ],
    "a page of another origin opens a WebSocket": ["return names.includes(name);", "return true;"],
    "a page of another port opens a WebSocket": [
      "if (text === `${scheme}://${host.text}` ||",
      "if (text.startsWith(`${scheme}://${host.name}`) ||",
    ],
    "a page without TLS opens a WebSocket of a server with TLS": [
      '(fingerprint !== null) === (scheme === "https")',
      "true",
    ],
    "what is no host gets into the policy of the page": ["parseHost(url.host) !== null", "true"],
  }),
  ...mutantsOf("lib/web/routes.ts", tests("web/page"), {
    "no request is refused for its Host": [
      "if (isKnownHost(host, [...ownNames, ...hosts])) return host;",
      "return host;",
    ],
  }),
  ...mutantsOf("lib/web/ws_handshake.ts", tests("hostile/web_socket"), {
    "a WebSocket opens without a look at its origin": [
      'if (!isKnownOrigin(headers.get("origin"), host, origins)) {',
      "if (false) {",
    ],
  }),
  ...mutantsOf("lib/web/ws_frames.ts", tests("web/ws_frames"), {
    "a frame without a mask is taken": ["if ((second & 0x80) === 0) throw", "if (false) throw"],
    "a frame of any length is taken": [
      "if (payloadBytes > MAX_PAYLOAD_BYTES) throw",
      "if (false) throw",
    ],
  }),
  ...mutantsOf("lib/web/request_head.ts", tests("web/request_head"), {
    "a request has two hosts": [
      "if (before !== undefined && SINGLE.has(key)) throw",
      "if (false) throw",
    ],
    "the host of a target in absolute form is not the one that is checked": [
      'if (authority !== null) headers.set("host", authority);',
      "",
    ],
  }),
  ...mutantsOf("lib/web/file_answer.ts", FILES, {
    "a browser shows a served file as a page": [
      '"content-type": "application/octet-stream"',
      '"content-type": "text/html"',
    ],
    "a download goes on for a banned account": [
      "if (!isGood) throw new RequestError",
      "if (false) throw new RequestError",
      tests("web/tickets"),
    ],
    "a hash is told after the right to the file was taken": [
      "using _account = request.services.access.begin(() => checkAccount(request), cancel);",
      "",
      tests("web/taken_rights"),
    ],
  }),
  ...mutantsOf("lib/web/list_answer.ts", tests("web/taken_rights"), {
    "a listing goes on for a banned account": ["    checkAccount(this.#request);", "   "],
  }),
  ...mutantsOf("lib/web/security_headers.ts", FILES, {
    "a served file may run scripts": [`"sandbox; default-src 'none'"`, `"default-src *"`],
  }),
  ...mutantsOf("lib/web/ranges.ts", tests("web/ranges"), {
    "a range goes on in another state of the file": [
      "return ifRange === undefined || ifRange === tag;",
      "return true;",
    ],
  }),
  ...mutantsOf("lib/server/context/tickets.ts", tests("server/tickets"), {
    "a forged ticket opens a file": ["return isOurs && nowMs", "return nowMs"],
    "a ticket never expires": [" && nowMs < expiresMs ?", " ?"],
    "a ticket opens every file": ["\\n${name}\\n${path}`", "\\n${name}\\n`"],
    "a ticket outlives a change of its account": ["`${revision}\\n", "`\\n"],
  }),
  ...mutantsOf("lib/server/session/speech.ts", tests("hostile/web_heads"), {
    "HTTP is answered behind bytes of the chat": ["|| !writer.isUnused", ""],
  }),
  ...mutantsOf("lib/server/session/client_session.ts", tests("hostile/web_socket"), {
    "a WebSocket speaks protocol 1": [
      'if (this.#mayGreet && this.#speech === "web") return "violation";',
      "",
    ],
  }),
];
