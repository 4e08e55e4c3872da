import { featuresOf } from "../server/session/server_hello.ts";
import type { WebHost } from "../server/web_page.ts";
import { VERSION } from "../version.ts";
import { type HttpAnswer, jsonAnswer } from "./http_answer.ts";
import type { WebPageOptions } from "./page_options.ts";

/** Answers `/config.json`: what the page shows before it is connected. */
export function configAnswer(
  { services: { settings, accounts }, port, fingerprint }: WebHost,
  { name, urls }: Pick<WebPageOptions, "name" | "urls">,
): HttpAnswer {
  return jsonAnswer({
    version: VERSION,
    name,
    language: settings.language,
    features: featuresOf(settings),
    loginRequired: settings.requireAccount,
    accounts: accounts.hasAny(),
    maximumFileBytes: settings.maxUploadBytes,
    urls: urls?.(port, fingerprint !== null) ?? [],
    fingerprint,
  });
}
