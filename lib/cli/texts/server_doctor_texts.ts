import type { ServerFinding } from "../../server/findings.ts";
import { type FindingText, hint, says } from "./check_text.ts";

const OTHER_PORT = hint(
  "Take another port: -p 5556",
  "Use outra porta: -p 5556",
);
const FREE_SPACE = hint(
  "Make room, or take a folder on another disk",
  "Libere espaço, ou use uma pasta em outro disco",
);
const OTHER_DATA = hint("Name another folder: --data DIR", "Indique outra pasta: --data PASTA");

/** What is said of each finding about a server's machine. */
export const SERVER_DOCTOR_TEXTS: Readonly<Record<ServerFinding, FindingText>> = {
  "address-list": says("others connect to {addresses}", "outros se conectam a {addresses}"),
  "address-loopback": says(
    "{host} is for this machine alone: no other can connect",
    "{host} vale só para esta máquina: nenhuma outra pode conectar",
    hint("Leave out -H, or write -H 0.0.0.0", "Deixe -H de fora, ou use -H 0.0.0.0"),
  ),
  "address-none": says(
    "this machine is in no network: no other can connect",
    "esta máquina não está em nenhuma rede: nenhuma outra pode conectar",
    hint("Connect it to the Wi-Fi, or plug a cable in", "Conecte-a ao Wi-Fi, ou ligue um cabo"),
  ),
  "address-missing": says(
    "this machine does not have the address {host}; it has {addresses}",
    "esta máquina não tem o endereço {host}; ela tem {addresses}",
    hint(
      "Leave out -H, or write an address that it has",
      "Deixe -H de fora, ou use um endereço que ela tem",
    ),
  ),
  "port-free": says("port {port} is free", "a porta {port} está livre"),
  "port-served": says(
    "a server of tcp-chat answers on port {port} already",
    "um servidor tcp-chat já responde na porta {port}",
  ),
  "port-taken": says(
    "something else has port {port}: {service}",
    "outra coisa usa a porta {port}: {service}",
    OTHER_PORT,
    hint("ss -ltnp tells which program it is", "ss -ltnp mostra qual programa é", "linux"),
    hint(
      "lsof -i :{port} tells which program it is",
      "lsof -i :{port} mostra qual programa é",
      "darwin",
    ),
    hint(
      "netstat -abno tells which program it is",
      "netstat -abno mostra qual programa é",
      "windows",
    ),
  ),
  "port-denied": says(
    "port {port} needs more rights",
    "a porta {port} exige mais direitos",
    hint("Take a port above 1023: -p 5555", "Use uma porta acima de 1023: -p 5555"),
  ),
  "port-unusable": says("{reason}", "{reason}", OTHER_PORT),
  "firewall-unseen": says(
    "no file of a firewall shows one; a machine cannot try its own from inside",
    "nenhum arquivo de firewall mostra um; uma máquina não pode testar o seu por dentro",
  ),
  "firewall-open": says("ufw lets port {port} in", "o ufw deixa entrar a porta {port}"),
  "firewall-ufw": says(
    "ufw is enabled, and shows no rule that lets port {port} in",
    "o ufw está ativo, e não mostra regra que deixe entrar a porta {port}",
    hint(
      "sudo ufw allow {port}/tcp; sudo ufw status shows what there is",
      "sudo ufw allow {port}/tcp; sudo ufw status mostra o que há",
    ),
  ),
  "firewall-firewalld": says(
    "firewalld runs, and may keep port {port} closed",
    "o firewalld está rodando, e pode manter a porta {port} fechada",
    hint(
      "sudo firewall-cmd --permanent --add-port={port}/tcp && sudo firewall-cmd --reload",
      "sudo firewall-cmd --permanent --add-port={port}/tcp && sudo firewall-cmd --reload",
    ),
  ),
  "firewall-nftables": says(
    "nftables drops packets, and may keep port {port} closed",
    "o nftables descarta pacotes, e pode manter a porta {port} fechada",
    hint(
      "Add to the input chain of /etc/nftables.conf: tcp dport {port} accept",
      "Acrescente à cadeia input de /etc/nftables.conf: tcp dport {port} accept",
    ),
  ),
  "firewall-windows": says(
    'Windows asks at the first start; in a network that is not "Private" it refuses',
    'o Windows pergunta no primeiro início; em uma rede que não é "Privada" ele recusa',
    hint('Settings → Network: set it to "Private"', 'Configurações → Rede: marque como "Privada"'),
    hint(
      "As an administrator: netsh advfirewall firewall add rule name=tcp-chat dir=in action=allow protocol=TCP localport={port}",
      "Como administrador: netsh advfirewall firewall add rule name=tcp-chat dir=in action=allow protocol=TCP localport={port}",
    ),
  ),
  "firewall-darwin": says(
    "macOS asks whether the program may take connections",
    "o macOS pergunta se o programa pode receber conexões",
    hint(
      "System Settings → Network → Firewall → Options must allow it",
      "Ajustes do Sistema → Rede → Firewall → Opções deve permiti-lo",
    ),
  ),
  "firewall-local": says("no matter on this machine alone", "não importa só nesta máquina"),
  "tls-off": says(
    "off: everybody in the network can read along",
    "desligado: qualquer um na rede pode ler tudo",
    hint("Start the server with --tls", "Inicie o servidor com --tls"),
  ),
  "tls-made": says(
    "the certificate is made at the start",
    "o certificado é criado ao iniciar",
  ),
  "tls-own": says("the key is {fingerprint}", "a chave é {fingerprint}"),
  "tls-files": says(
    "the key is {fingerprint}, its certificate valid until {validTo}",
    "a chave é {fingerprint}, o certificado vale até {validTo}",
  ),
  "tls-ending": says(
    "the certificate ends on {validTo}",
    "o certificado vence em {validTo}",
    hint(
      "Renew it: the server reads the files again by itself",
      "Renove-o: o servidor relê os arquivos sozinho",
    ),
  ),
  "tls-wrong": says(
    "{reason}",
    "{reason}",
    hint("--tls makes a certificate that works", "--tls cria um certificado que funciona"),
  ),
  "descriptors-enough": says(
    "{limit}: enough for {room} clients",
    "{limit}: bastam para {room} clientes",
  ),
  "descriptors-few": says(
    "{limit}: enough for {room} clients, not for {wanted}",
    "{limit}: bastam para {room} clientes, não para {wanted}",
    hint(
      "ulimit -n 65536 before the start, or LimitNOFILE=65536 in the unit",
      "ulimit -n 65536 antes de iniciar, ou LimitNOFILE=65536 na unit",
    ),
  ),
  "descriptors-unknown": says(
    "this program may not read the limit: ulimit -n tells it",
    "este programa não pode ler o limite: ulimit -n o mostra",
  ),
  "root-ready": says("{path}, {free} free", "{path}, {free} livres"),
  "root-made": says("{path} is made at the start", "{path} é criada ao iniciar"),
  "root-remote": says(
    "{path} is on a drive of the network, {free} free",
    "{path} está em uma unidade de rede, {free} livres",
    hint(
      "It is slower, and locks may not hold: a local folder is better",
      "É mais lenta, e travas podem falhar: uma pasta local é melhor",
    ),
  ),
  "root-full": says(
    "{path} has {free} free: uploads soon fail",
    "{path} tem {free} livres: envios logo falham",
    FREE_SPACE,
  ),
  "root-file": says(
    "{path} is not a folder",
    "{path} não é uma pasta",
    hint("Name a folder: -r DIR", "Indique uma pasta: -r PASTA"),
  ),
  "root-denied": says(
    "{path} cannot be used: permission denied",
    "{path} não pode ser usada: permissão negada",
    hint(
      "sudo chown $USER '{path}', or another folder: -r DIR",
      "sudo chown $USER '{path}', ou outra pasta: -r PASTA",
    ),
  ),
  "root-readonly": says(
    "{path} cannot be written, and uploads are on",
    "{path} não pode ser gravada, e envios estão ligados",
    hint(
      "Leave out --allow-upload, or let this user write there: sudo chown $USER '{path}'",
      "Deixe --allow-upload de fora, ou deixe este usuário gravar lá: sudo chown $USER '{path}'",
    ),
  ),
  "data-private": says("{path}, private", "{path}, privada"),
  "data-used": says(
    "{path}, private, in use by a running server",
    "{path}, privada, em uso por um servidor",
  ),
  "data-made": says("{path} is made at the start", "{path} é criada ao iniciar"),
  "data-open": says(
    "others on this machine can read {files} in {path}",
    "outros nesta máquina podem ler {files} em {path}",
    hint("chmod -R go= '{path}'", "chmod -R go= '{path}'"),
  ),
  "data-full": says(
    "{path} has {free} free: history and accounts soon fail",
    "{path} tem {free} livres: histórico e contas logo falham",
    FREE_SPACE,
  ),
  "data-file": says("{path} is not a folder", "{path} não é uma pasta", OTHER_DATA),
  "data-denied": says(
    "{path} cannot be used: permission denied",
    "{path} não pode ser usada: permissão negada",
    OTHER_DATA,
  ),
  "data-none": says("no data folder: nothing is kept", "sem pasta de dados: nada é guardado"),
  "clock-plausible": says("{time}", "{time}"),
  "clock-back": says(
    "{time} is before the last change of the data: the clock is wrong",
    "{time} é antes da última mudança dos dados: o relógio está errado",
    hint("sudo timedatectl set-ntp true", "sudo timedatectl set-ntp true", "linux"),
    hint("Set the clock by the network", "Acerte o relógio pela rede"),
  ),
  "database-sound": says("sound, {size}", "íntegro, {size}"),
  "database-made": says("made at the start", "criado ao iniciar"),
  "database-large": says(
    "{size}: not checked now, the start does",
    "{size}: não verificado agora, o início verifica",
  ),
  "database-newer": says(
    "a newer version of tcp-chat wrote it (schema {version})",
    "uma versão mais nova do tcp-chat o gravou (esquema {version})",
    hint("Update this program", "Atualize este programa"),
  ),
  "database-bad": says(
    "cannot be used: {problem}",
    "não pode ser usado: {problem}",
    hint(
      "Put a backup of tcp-chat.db in its place; --without-database starts without bans, accounts, history",
      "Coloque um backup de tcp-chat.db no lugar; --without-database inicia sem banimentos, contas, histórico",
    ),
  ),
  "rules-none": says(
    "no rule file: rights are the same everywhere",
    "sem arquivo de regras: os direitos são iguais em toda parte",
  ),
  "rules-read": says("{path} is right", "{path} está certo"),
  "rules-wrong": says(
    "{reason}",
    "{reason}",
    hint(
      "Correct the line in {path}: the server does not start with it",
      "Corrija a linha em {path}: o servidor não inicia assim",
    ),
  ),
};
