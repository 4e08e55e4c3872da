import type { ConnectionError } from "../../protocol/errors.ts";
import type { ForeignService } from "../../stream/foreign_service.ts";
import type { Text } from "../../protocol/fill_text.ts";

/** Failures of the connection. */
export const CONNECTION_TEXTS: Readonly<Record<ConnectionError["code"], Text>> = {
  "in-use": {
    en: "Cannot listen on {address}: the port is in use",
    "pt-BR": "Não é possível escutar em {address}: a porta já está em uso",
  },
  "unusable": {
    en: "Cannot listen on {address}: {reason}",
    "pt-BR": "Não é possível escutar em {address}: {reason}",
  },
  refused: {
    en: "Cannot connect to {address}: nothing listens there",
    "pt-BR": "Não é possível conectar a {address}: nada escuta ali",
  },
  timeout: {
    en: "The server did not answer in time",
    "pt-BR": "O servidor não respondeu a tempo",
  },
  unreachable: {
    en: "Cannot connect to {address}: {reason}",
    "pt-BR": "Não é possível conectar a {address}: {reason}",
  },
  "tls-needed": {
    en: "The server speaks TLS only",
    "pt-BR": "O servidor só fala TLS",
  },
  "tls-unexpected": {
    en: "Cannot connect to {address}: the server does not speak TLS",
    "pt-BR": "Não é possível conectar a {address}: o servidor não fala TLS",
  },
  handshake: {
    en: "Cannot connect to {address}: the TLS handshake failed: {reason}",
    "pt-BR": "Não é possível conectar a {address}: o handshake TLS falhou: {reason}",
  },
  "other-service": {
    en: "Something else answers on {address}: {service}",
    "pt-BR": "Outra coisa responde em {address}: {service}",
  },
  "certificate-changed": {
    en: "{address} has a different key than expected: fingerprint {actual}, not {expected}",
    "pt-BR":
      "{address} tem uma chave diferente da esperada: impressão digital {actual}, não {expected}",
  },
  "certificate-untrusted": {
    en: "The server {address} is not known: the fingerprint of its key is {actual}",
    "pt-BR": "O servidor {address} não é conhecido: a impressão digital da chave é {actual}",
  },
  "certificate-unusable": {
    en: "Cannot check the certificate of {address}: {reason}",
    "pt-BR": "Não é possível verificar o certificado de {address}: {reason}",
  },
  "certificate-expired": {
    en: "The certificate of {address} expired on {validTo}; the clock here says {now}",
    "pt-BR": "O certificado de {address} expirou em {validTo}; o relógio local marca {now}",
  },
  "certificate-not-yet-valid": {
    en: "The certificate of {address} is valid from {validFrom} on; the clock here says {now}",
    "pt-BR":
      "O certificado de {address} só vale a partir de {validFrom}; o relógio local marca {now}",
  },
  "late-hello": {
    en: "The server answered late: it was taken for one of protocol 1",
    "pt-BR": "O servidor respondeu tarde: foi tomado por um do protocolo 1",
  },
  lost: {
    en: "Connection lost: the server went away",
    "pt-BR": "Conexão perdida: o servidor se desconectou",
  },
  rejected: {
    en: "The server closed the connection: {reason}",
    "pt-BR": "O servidor fechou a conexão: {reason}",
  },
};

/** Failure of a connection to a server that has never sent anything. */
export const SILENT: Text = {
  en: "{address} takes connections, but answers nothing",
  "pt-BR": "{address} aceita conexões, mas não responde nada",
};

/** Services that answer where a server was expected. */
export const SERVICE_TEXTS: Readonly<Record<ForeignService, Text>> = {
  ssh: { en: "SSH", "pt-BR": "SSH" },
  http: { en: "a web server (HTTP)", "pt-BR": "um servidor web (HTTP)" },
  mail: { en: "a mail server", "pt-BR": "um servidor de e-mail" },
  ftp: { en: "an FTP server", "pt-BR": "um servidor FTP" },
  "mail-or-ftp": { en: "a mail or FTP server", "pt-BR": "um servidor de e-mail ou FTP" },
  vnc: { en: "VNC", "pt-BR": "VNC" },
  unknown: { en: "an unknown service", "pt-BR": "um serviço desconhecido" },
};

/** What system errors about connections mean. */
export const SYSTEM_REASONS: ReadonlyArray<readonly [message: RegExp, text: Text]> = [
  [/that of an authority \(CA:TRUE\)/, {
    en: "it is that of an authority (CA:TRUE)",
    "pt-BR": "é o de uma autoridade (CA:TRUE)",
  }],
  [/it names no server/, {
    en: "it names no server (subjectAltName)",
    "pt-BR": "não nomeia servidor (subjectAltName)",
  }],
  [/its chain is not whole/, {
    en: "its chain is not whole, or its key was not proven",
    "pt-BR": "sua cadeia não está inteira, ou sua chave não foi provada",
  }],
  [/failed to lookup address|name or service not known|no such host is known/i, {
    en: "no machine of this name is known",
    "pt-BR": "nenhuma máquina com este nome é conhecida",
  }],
  [/invalid host/i, {
    en: "this is not the name of a machine",
    "pt-BR": "este não é o nome de uma máquina",
  }],
  [/network is unreachable/i, {
    en: "no network leads there",
    "pt-BR": "nenhuma rede leva até lá",
  }],
  [/no route to host|host is unreachable/i, {
    en: "the machine cannot be reached",
    "pt-BR": "a máquina não pode ser alcançada",
  }],
  [/cannot assign requested address|address not available|\(os error (?:99|49|10049)\)/i, {
    en: "this machine does not have that address",
    "pt-BR": "esta máquina não tem esse endereço",
  }],
  [/permission denied/i, {
    en: "permission denied; ports below 1024 may need more rights",
    "pt-BR": "permissão negada; portas abaixo de 1024 podem exigir mais direitos",
  }],
  [/CaUsedAsEndEntity/, {
    en: "it is that of an authority (CA:TRUE), as openssl makes it by default",
    "pt-BR": "é o de uma autoridade (CA:TRUE), como openssl faz por padrão",
  }],
];
