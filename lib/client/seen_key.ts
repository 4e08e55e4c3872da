import type { KnownHost } from "../files/known_hosts.ts";
import { found } from "../protocol/check.ts";
import { formatUtcMinute, parseCertificate } from "../stream/tls/certificate.ts";
import type { ClientFound } from "./findings.ts";
import type { TlsTrustOptions } from "./tls_trust.ts";

/** A certificate that ends sooner is told of: servers renew their own long before. */
const ENDING_MS = 14 * 24 * 60 * 60 * 1000;

/** The key that a server shows to a check. Nothing is remembered, and unknown keys are looked at. */
export class SeenKey {
  /** How to trust servers, so that this sees their keys. */
  readonly options: TlsTrustOptions;
  #known: KnownHost | null = null;
  #offered: KnownHost | null = null;
  #isNew = false;

  /** @param options whose known servers and fingerprint count */
  constructor({ knownHosts, fingerprint }: TlsTrustOptions) {
    this.options = {
      knownHosts: {
        find: async (endpoint) => this.#known = await knownHosts?.find(endpoint) ?? null,
        remember: (_, host) => {
          this.#offered = host;
          return Promise.resolve();
        },
      },
      ...(fingerprint !== undefined && { fingerprint }),
      accept: () => this.#isNew = true,
    };
  }

  /** Whether neither the user nor the system knows the key. */
  get isNew(): boolean {
    return this.#isNew;
  }

  /** What there is to say of the key, once a connection is made. */
  judge(nowMs: number = Date.now()): ClientFound {
    const host = this.#offered ?? this.#known;
    if (host === null) return found("tls-trusted");
    const { fingerprint, certificate } = host;
    if (this.#isNew) return found("tls-new", { fingerprint });
    const end = certificate === null ? null : endOf(certificate);
    if (end === null || end - nowMs > ENDING_MS) return found("tls-proven", { fingerprint });
    return found("tls-ending", { fingerprint, validTo: formatUtcMinute(end) });
  }
}

/** When a certificate (DER, base64) ends, in milliseconds since 1970; `null` if it cannot be read. */
function endOf(certificate: string): number | null {
  const parsed = parseCertificate(Uint8Array.fromBase64(certificate));
  return parsed === null ? null : Date.parse(parsed.validTo);
}
