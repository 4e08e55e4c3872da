import { type Mutant, mutantsOf, tests } from "./mutant.ts";

/** Defects in comparing with the server, lists of sums, and what travels beside the content of a file. */
export const SUMS: readonly Mutant[] = [
  ...mutantsOf("lib/client/file_comparer.ts", tests("client/verify_all"), {
    "verify takes another content of the same size for the same": [
      'listedSha256 === hash ? "same" : "different"',
      '"same"',
    ],
  }),
  ...mutantsOf("lib/server/transfers/known_content.ts", tests("server/known_content"), {
    "a hash buys a file that is another one by now": [
      "await hashes.get(file, { owner: identity.owner, signal }) === sha256 ? file : null",
      "file",
    ],
    "a hash buys a file that the client may not read": [
      'const file = await findReadable(context, "FGET", path);\n      // The hash',
      "const file = await store.find(path);\n      // The hash",
    ],
  }),
  ...mutantsOf("lib/server/transfers/upload_receiver.ts", tests("server/executable_files"), {
    "a guest's file may be executed": ["exec && this.#context.identity.account !== null", "exec"],
  }),
  ...mutantsOf("lib/files/store_batch.ts", tests("server/executable_files"), {
    "a file of a batch may not be executed": ["if (isExecutable) makeExecutable(part.path);", ""],
  }),
  ...mutantsOf("lib/files/keep_attributes.ts", tests("files/keep_attributes"), {
    "a file may be executed by those that may not read it": [
      "mode | (mode & 0o444) >> 2",
      "mode | 0o111",
    ],
  }),
  ...mutantsOf("lib/files/sum_list.ts", tests("files/sum_list"), {
    "a list of sums names a file outside the folder": [
      'checkPath(text.replace(/^(\\.\\/+)+/, ""))',
      "text",
    ],
    "a list of sums has two contents for a path": ["if (sums.has(checked))", "if (false)"],
    "a list of sums has any length": ["bytes.length > LIMITS.sumFileBytes", "false"],
  }),
  ...mutantsOf("lib/client/download_listed.ts", tests("e2e/sums"), {
    "any content of a listed file is accepted": ["sha256: sha256.toLowerCase(),", ""],
  }),
  ...mutantsOf("lib/files/hash_local.ts", tests("client/verify_all"), {
    "verify takes a folder for a file": ['if (!info.isFile) return "missing";', ""],
  }),
];
