import { nkeys } from "@nats-io/transport-node";

/** The seed of an nkey of a user of NATS: it proves who connects. */
export const NKEY_SEED = /\bSU[A-Z2-7]{56}\b/;

/** A key for NATS. */
export interface NatsKey {
  /** To be kept secret by the servers of the cluster. */
  readonly seed: string;
  /** What the configuration of NATS names as `nkey`. */
  readonly publicKey: string;
}

/** Makes a key for the user of a cluster. */
export function makeNatsKey(): NatsKey {
  return keyOf(nkeys.createUser());
}

/** The key whose seed is in the content of a file; `null` if there is none. */
export function readNatsKey(content: string): NatsKey | null {
  const seed = NKEY_SEED.exec(content)?.[0];
  return seed === undefined ? null : keyOf(nkeys.fromSeed(new TextEncoder().encode(seed)));
}

function keyOf(pair: nkeys.KeyPair): NatsKey {
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}
