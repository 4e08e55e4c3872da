import type { CertificateErrorCode } from "../../files/certificate_error.ts";
import type { DiskErrorCode } from "../../files/disk_error.ts";
import type { Text } from "../../protocol/fill_text.ts";

/** A full disk that is found out before anything is written. */
export const SHORT_OF_SPACE = {
  en: "Not enough space in {path}: {needed} are needed, {free} are free",
  "pt-BR": "Falta espaço em {path}: são necessários {needed}, há {free} livres",
} as const satisfies Text;

/** Failures of the local disk. */
export const DISK_TEXTS = {
  "no-space": {
    en: "Cannot write {path}: the disk is full",
    "pt-BR": "Não é possível gravar {path}: o disco está cheio",
  },
  "denied": {
    en: "Cannot use {path}: permission denied",
    "pt-BR": "Não é possível usar {path}: permissão negada",
  },
  "read-only": {
    en: "Cannot write {path}: its disk is read-only",
    "pt-BR": "Não é possível gravar {path}: o disco é somente leitura",
  },
  "open-files": {
    en: "Cannot use {path}: too many files are open",
    "pt-BR": "Não é possível usar {path}: há arquivos abertos demais",
  },
  "replaced": {
    en: "Cannot use {path}: what was there has been moved, removed or replaced",
    "pt-BR": "Não é possível usar {path}: o que estava ali foi movido, removido ou trocado",
  },
  "busy": {
    en: "Cannot write {path}: another download is writing it",
    "pt-BR": "Não é possível gravar {path}: outro download está gravando",
  },
  "exists": {
    en: "Cannot write {path}: something else has that name",
    "pt-BR": "Não é possível gravar {path}: outra coisa tem esse nome",
  },
  "own": {
    en: "Cannot serve {path}: it holds the programs' own files, such as keys and accounts",
    "pt-BR":
      "Não é possível servir {path}: ela guarda arquivos dos próprios programas, como chaves e contas",
  },
  "in-use": {
    en: "Cannot use the data folder {path}: another server uses it; name another one with --data",
    "pt-BR":
      "Não é possível usar a pasta de dados {path}: outro servidor a usa; indique outra com --data",
  },
  "root-gone": {
    en: "Cannot use {path}: it is not the folder that was served first",
    "pt-BR": "Não é possível usar {path}: não é a pasta que era servida no início",
  },
  "not-found": {
    en: "Cannot use {path}: there is no such file or folder",
    "pt-BR": "Não é possível usar {path}: não existe esse arquivo ou pasta",
  },
  "not-a-folder": {
    en: "Cannot use {path}: a part of it is a file, not a folder",
    "pt-BR": "Não é possível usar {path}: uma parte é um arquivo, não uma pasta",
  },
  "is-a-file": {
    en: "Cannot use {path}: it is a file, not a folder",
    "pt-BR": "Não é possível usar {path}: é um arquivo, não uma pasta",
  },
  "io": {
    en: "Cannot use {path}: {reason}",
    "pt-BR": "Não é possível usar {path}: {reason}",
  },
} as const satisfies Readonly<Record<DiskErrorCode, Text>>;

/** Failures of the own certificate and its key. */
export const CERTIFICATE_TEXTS: Readonly<Record<CertificateErrorCode, Text>> = {
  "no-certificate": {
    en: "{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)",
    "pt-BR": "{path} não contém um certificado em PEM (-----BEGIN CERTIFICATE-----)",
  },
  "no-key": {
    en: "{path} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)",
    "pt-BR": "{path} não contém uma chave privada em PEM (-----BEGIN PRIVATE KEY-----)",
  },
  "key-encrypted": {
    en: "The key in {path} is encrypted; a server needs it without a password",
    "pt-BR": "A chave em {path} está cifrada; um servidor precisa dela sem senha",
  },
  "key-kind": {
    en:
      "The key in {path} cannot be used for TLS: it must be P-256, P-384, Ed25519, or RSA of at least 2048 bits",
    "pt-BR":
      "A chave em {path} não serve para TLS: deve ser P-256, P-384, Ed25519 ou RSA de pelo menos 2048 bits",
  },
  "mismatch": {
    en: "The first certificate in {path} does not belong to the key in {keyPath}",
    "pt-BR": "O primeiro certificado em {path} não pertence à chave em {keyPath}",
  },
  "authority": {
    en: "The first certificate in {path} is that of an authority (CA:TRUE), which clients refuse",
    "pt-BR":
      "O primeiro certificado em {path} é o de uma autoridade (CA:TRUE), que os clientes recusam",
  },
  "no-name": {
    en: "The first certificate in {path} names no server (subjectAltName): clients refuse it",
    "pt-BR":
      "O primeiro certificado em {path} não nomeia servidor (subjectAltName): os clientes o recusam",
  },
  "expired": {
    en: "The certificate in {path} expired on {validTo}; the clock here says {now}",
    "pt-BR": "O certificado em {path} expirou em {validTo}; o relógio local marca {now}",
  },
  "not-yet-valid": {
    en: "The certificate in {path} is valid from {validFrom} on; the clock here says {now}",
    "pt-BR": "O certificado em {path} só vale a partir de {validFrom}; o relógio local marca {now}",
  },
};

/** The command of OpenSSL for a certificate that clients can check. */
const MAKE_CERTIFICATE =
  "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 " +
  "-keyout key.pem -out cert.pem -subj /CN=NAME " +
  "-addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:NAME";

const RIGHT_CERTIFICATE: Text = {
  en:
    `openssl makes a right one so, with the name of this machine for NAME:\n  ${MAKE_CERTIFICATE}`,
  "pt-BR":
    `openssl faz um certo assim, com o nome desta máquina no lugar de NAME:\n  ${MAKE_CERTIFICATE}`,
};

/** Advice about an error, by its code or its reason; `null` for none. */
export type Hints = Readonly<Record<string, Text | null>>;

/** The advice that holds for most runs. */
export const HINTS: Hints = {
  "in-use": {
    en: "Choose another port with -p, or any free one with -p 0.",
    "pt-BR": "Escolha outra porta com -p, ou qualquer uma livre com -p 0.",
  },
  "metrics-in-use": {
    en: "Choose another port with --metrics.",
    "pt-BR": "Escolha outra porta com --metrics.",
  },
  refused: {
    en: "Is the server running, and on that port? {server} starts one.",
    "pt-BR": "O servidor está rodando, e nessa porta? {server} inicia um.",
  },
  unreachable: {
    en: "{client} doctor HOST finds out why.",
    "pt-BR": "{client} doctor HOST descobre por quê.",
  },
  timeout: {
    en: "{client} doctor HOST finds out why.",
    "pt-BR": "{client} doctor HOST descobre por quê.",
  },
  unauthenticated: {
    en: "--user NAME logs in.",
    "pt-BR": "--user NOME faz login.",
  },
  exists: {
    en: "--replace replaces it, if you have the right to.",
    "pt-BR": "--replace o substitui, se você tem o direito.",
  },
  denied: {
    en: "Does an account have the right? --user NAME logs in.",
    "pt-BR": "Uma conta tem o direito? --user NOME faz login.",
  },
  "nick-reserved": {
    en: "Choose another with --nick.",
    "pt-BR": "Escolha outro com --nick.",
  },
  "tls-needed": {
    en: "Connect with --tls.",
    "pt-BR": "Conecte com --tls.",
  },
  "tls-unexpected": {
    en: "Start the server with --tls, or connect without --tls; --no-tls where its key is known.",
    "pt-BR":
      "Inicie o servidor com --tls, ou conecte sem --tls; --no-tls onde a chave dele é conhecida.",
  },
  silent: {
    en: "Is it a tcp-chat server? One that is given no port uses 5555.",
    "pt-BR": "É um servidor tcp-chat? Um que não recebe outra porta usa a 5555.",
  },
  "protocol-1": {
    en:
      "It did not answer in protocol 2: it is an original server, or no tcp-chat server. Is the port right?",
    "pt-BR":
      "Ele não respondeu no protocolo 2: é um servidor original, ou não é tcp-chat. A porta está certa?",
  },
  "other-service": {
    en: "Is the port right? A server that is given no port uses 5555.",
    "pt-BR": "A porta está certa? Um servidor que não recebe outra usa a 5555.",
  },
  "certificate-changed": {
    en:
      "Another machine may be posing as the server. If the server really has a new key, ask its operator for the fingerprint, and connect once with --fingerprint HEX.",
    "pt-BR":
      "Outra máquina pode estar se passando pelo servidor. Se ele tem mesmo uma chave nova, peça a impressão digital ao operador e conecte uma vez com --fingerprint HEX.",
  },
  "certificate-untrusted": {
    en:
      "Compare it with the fingerprint that the server printed when it started, and connect with --fingerprint HEX; --trust accepts it unchecked.",
    "pt-BR":
      "Compare com a impressão digital que o servidor mostrou ao iniciar e conecte com --fingerprint HEX; --trust aceita sem conferir.",
  },
  "certificate-expired": {
    en:
      "Check the clocks of both machines. The server renews a certificate of its own; one from --tls-cert must be replaced.",
    "pt-BR":
      "Confira os relógios das duas máquinas. O servidor renova um certificado próprio; um de --tls-cert precisa ser trocado.",
  },
  "certificate-not-yet-valid": {
    en: "Check the clocks of both machines.",
    "pt-BR": "Confira os relógios das duas máquinas.",
  },
  authority: RIGHT_CERTIFICATE,
  "no-name": RIGHT_CERTIFICATE,
  "certificate-unusable": {
    en:
      `The server needs one of an authority that this system trusts, with its chain, or one that openssl makes so, with the server's name for NAME:\n  ${MAKE_CERTIFICATE}`,
    "pt-BR":
      `O servidor precisa de um de uma autoridade em que este sistema confia, com a cadeia, ou de um que o openssl faz assim, com o nome do servidor no lugar de NAME:\n  ${MAKE_CERTIFICATE}`,
  },
  integrity: {
    en: "The data that arrived is not the file, and was discarded. Try again.",
    "pt-BR": "Os dados que chegaram não são os do arquivo e foram descartados. Tente de novo.",
  },
};

/** The limit of an upload. */
export const UPLOAD_LIMIT = {
  en: "The file is larger than the server accepts: at most {limit}",
  "pt-BR": "O arquivo é maior do que o servidor aceita: no máximo {limit}",
} as const satisfies Text;

/** A link takes only so many bytes in all. */
export const LINK_LIMIT = {
  en: "The file is larger than what this link still takes: {limit}",
  "pt-BR": "O arquivo não cabe mais neste link, que ainda aceita {limit}",
} as const satisfies Text;

/** The server violates the protocol. */
export const VIOLATION = {
  en: "The server violates the protocol: {reason}",
  "pt-BR": "O servidor viola o protocolo: {reason}",
} as const satisfies Text;
/** Words of the server that are in no table. */
export const SERVER_SAYS = {
  en: "the server says: {text}",
  "pt-BR": "o servidor diz: {text}",
} as const satisfies Text;
/** Ctrl-C. */
export const INTERRUPTED = { en: "Interrupted", "pt-BR": "Interrompido" } as const satisfies Text;
