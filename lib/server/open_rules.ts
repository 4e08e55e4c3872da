import { fill } from "../protocol/fill_text.ts";
import { join } from "../files/path.ts";
import { RULE_FILE_NAME, RuleFile } from "../accounts/rule_file.ts";
import { RuleSet } from "../accounts/rule_set.ts";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import { messageOf } from "../protocol/errors.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";
import { AccessWatch } from "./context/access_watch.ts";
import type { ServerServices } from "./context/services.ts";

/** Opens the rules of folders: without a data folder there are none. @throws {RuleError}, {DiskError} */
export async function openRules(
  { dataDirectory, language, onEvent }: ServerSettings,
): Promise<Pick<ServerServices, "rules" | "access"> & { readonly ruleFile: RuleFile | null }> {
  const access = new AccessWatch();
  if (dataDirectory === null) {
    const none = () => Promise.resolve(RuleSet.EMPTY);
    const rules = { rules: RuleSet.EMPTY, current: none, reload: none };
    return { access, rules, ruleFile: null };
  }
  const rules = await RuleFile.open(join(dataDirectory, RULE_FILE_NAME), {
    onError: (error) => {
      const message = fill(LOG_TEXTS.oldRules, language, { reason: error.message });
      onEvent({ event: "error", message, error });
    },
  });
  rules.onChange(() => {
    onEvent({ event: "rules" });
    access.recheck();
  });
  return { access, rules, ruleFile: rules };
}

/** Takes the rules of the cluster before clients come. @throws as {@link JoinedCluster.shareRules} does */
export async function shareRules(
  joined: JoinedCluster,
  file: RuleFile,
  settings: ServerSettings,
): Promise<void> {
  const { language, onEvent } = settings;
  const report = (error: unknown) => {
    const reason = messageOf(error);
    onEvent({ event: "error", message: fill(LOG_TEXTS.unsharedRules, language, { reason }) });
  };
  await joined.shareRules(file, report);
}
