import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const COMPLETE = tests("cli/complete");
const ASKED = tests("e2e/complete_command");

/** Defects in what a shell is given at Tab, and in which server is asked for it. */
export const COMPLETIONS: readonly Mutant[] = [
  ...mutantsOf("lib/cli/options/bash_words.ts", COMPLETE, {
    "bash runs what stands in a name": ["/[^\\p{L}\\p{M}\\p{N}_.,:=/@%+-]/gu", "/[ ]/gu"],
    "bash runs what stands in a name in double quotes": [
      '/["\\\\$`]/g, "\\\\$&")',
      '/["]/g, "\\\\$&")',
    ],
    "bash expands ! in double quotes": ['.replaceAll("!", `"\'!\'"`)', ""],
    "a name ends the single quotes of bash": [
      "if (quote === \"'\") return value.replaceAll(\"'\", `'\\\\''`);",
      'if (quote === "\'") return value;',
    ],
  }),
  ...mutantsOf("lib/cli/options/answer_completion.ts", COMPLETE, {
    "a name ends the quotes of PowerShell": ["/['\\u2018-\\u201b]/g", "/[']/g"],
  }),
  ...mutantsOf("lib/cli/options/complete.ts", COMPLETE, {
    "a name with control characters is offered": [" && cleanLine(value) === value", ""],
    "a name that is an option is offered": ['!name.startsWith("-");', "true;"],
  }),
  ...mutantsOf("lib/cli/client/look_up_names.ts", ASKED, {
    "Tab trusts a new key": ["trust: false }", "trust: values.trust }"],
    "Tab asks a server as a guest when it lacks the password": [
      "(values.user !== undefined && !hasPassword)",
      "false",
    ],
  }),
  ...mutantsOf("lib/cli/options/file_layers.ts", tests("cli/file_layers"), {
    "a file counts more than the environment": ["if (sources.has(name) || ", "if ("],
    "say takes the file's folder for a nick": [
      "if (options[name]?.value !== table[name]?.value) continue;",
      "",
    ],
  }),
  ...mutantsOf("lib/cli/server/server_settings.ts", tests("e2e/server_config"), {
    "the server's file is served": ["...values.config === undefined ? [] : [values.config]", ""],
  }),
  ...mutantsOf("lib/cli/options/options.ts", tests("cli/command"), {
    "an option of another command is ignored": [
      "throw new UsageError(describeUnknown(option, scope, say));",
      "return [name, undefined];",
    ],
  }),
];
