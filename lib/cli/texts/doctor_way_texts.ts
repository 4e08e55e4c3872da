import { type FindingText, hint, says } from "./check_text.ts";
import { SERVER_SIDE, UNTRIED } from "./doctor_hints.ts";

const VPN = hint(
  "A VPN can keep the local network away: disconnect it, and try again",
  "Uma VPN pode bloquear a rede local: desconecte-a e tente de novo",
);
const ISOLATED = hint(
  'Guest Wi-Fi and access points with "AP isolation" keep their clients apart: try a cable or a hotspot',
  'Wi-Fi de visitantes e pontos de acesso com "isolamento de AP" separam os clientes: tente um cabo ou um hotspot',
);
const MACOS = hint(
  "System Settings → Privacy & Security → Local Network must allow your terminal",
  "Ajustes do Sistema → Privacidade e Segurança → Rede Local deve permitir o seu terminal",
  "darwin",
);
const OPEN_PORT = hint(
  "Open the port on the server's machine: sudo ufw allow {port}/tcp, or sudo firewall-cmd --add-port={port}/tcp",
  "Abra a porta na máquina do servidor: sudo ufw allow {port}/tcp, ou sudo firewall-cmd --add-port={port}/tcp",
);
const WINDOWS_SERVER = hint(
  'On Windows: set the network to "Private", and allow the program in "Allow an app through firewall"',
  'No Windows: marque a rede como "Privada" e permita o programa em "Permitir um aplicativo pelo firewall"',
);

/** What is said of the way to a server: its name, the networks, the port, a proxy. */
export const WAY_TEXTS = {
  "name-literal": says("{address} is an address already", "{address} já é um endereço"),
  "name-found": says("{name} is {addresses}", "{name} é {addresses}"),
  "name-unknown": says(
    "no machine is known by the name {name}",
    "nenhuma máquina é conhecida pelo nome {name}",
    hint("Is it spelt right? Try the address in its place", "Está escrito certo? Tente o endereço"),
    hint(
      "A name of the local network often needs its ending: NAME.local",
      "Um nome da rede local muitas vezes precisa do final: NOME.local",
    ),
    SERVER_SIDE,
  ),
  "name-silent": says(
    "no DNS server tells the address of {name} in time",
    "nenhum servidor DNS informa o endereço de {name} a tempo",
    hint(
      "Is this machine online? Try the address in place of the name",
      "Esta máquina está em rede? Tente o endereço em vez do nome",
    ),
    VPN,
  ),
  "network-here": says("{address} is this machine", "{address} é esta máquina"),
  "network-near": says(
    "{address} is in the network of {interface} ({cidr})",
    "{address} está na rede de {interface} ({cidr})",
  ),
  "network-far": says(
    "{address} is in another network, through {interface}",
    "{address} está em outra rede, por {interface}",
  ),
  "network-beyond": says("{address} is in another network", "{address} está em outra rede"),
  "network-tunnel": says(
    "{address} is in another network; the VPN {interface} is up, and may be the way",
    "{address} está em outra rede; a VPN {interface} está ativa, e pode ser o caminho",
  ),
  "network-list": says("this machine is in {interfaces}", "esta máquina está em {interfaces}"),
  "network-twice": says(
    "{address} is in the networks of both {first} and {second}",
    "{address} está nas redes de {first} e de {second}",
    hint(
      "Packets may take the wrong one: switch one of them off",
      "Os pacotes podem ir pela errada: desligue uma delas",
    ),
  ),
  "network-vpn": says(
    "the way to {address} leads into the VPN {interface}",
    "o caminho até {address} entra na VPN {interface}",
    hint(
      "If the server is not behind that VPN, disconnect it, or let it leave out the local network",
      "Se o servidor não está atrás dessa VPN, desconecte-a, ou deixe a rede local fora dela",
    ),
  ),
  "network-unassigned": says(
    "{interface} has got no address from the network, and has taken {own}",
    "{interface} não recebeu endereço da rede, e usa {own}",
    hint(
      "Is the router on? Join the Wi-Fi again, or plug the cable in again",
      "O roteador está ligado? Entre no Wi-Fi de novo, ou reconecte o cabo",
    ),
  ),
  "network-unknown": says(
    "the networks of this machine are not known: no permission (--allow-sys)",
    "as redes desta máquina não são conhecidas: sem permissão (--allow-sys)",
  ),
  "network-none": says(
    "this machine is in no network",
    "esta máquina não está em nenhuma rede",
    hint("Connect it to the Wi-Fi, or plug a cable in", "Conecte-a ao Wi-Fi, ou ligue um cabo"),
  ),
  "network-zone": says(
    "{address} counts in one network only, and does not say which",
    "{address} só vale em uma rede, e não diz qual",
    hint(
      "Add the interface: {address}%eth0 (ip link shows their names)",
      "Acrescente a interface: {address}%eth0 (ip link mostra os nomes)",
    ),
  ),
  "port-open": says(
    "{address}, port {port}, accepts connections ({ms} ms)",
    "{address}, porta {port}, aceita conexões ({ms} ms)",
  ),
  "port-partly": says(
    "{address}, port {port}, accepts connections, but {silent} is tried first and says nothing",
    "{address}, porta {port}, aceita conexões, mas {silent} é tentado antes e não responde",
    hint(
      "Use {address} in place of the name, or correct the name's addresses",
      "Use {address} em vez do nome, ou corrija os endereços do nome",
    ),
  ),
  "port-refused": says(
    "{address} is there, but nothing listens on port {port}",
    "{address} está lá, mas nada escuta na porta {port}",
    hint(
      "Is the server started? There: {program}",
      "O servidor foi iniciado? Lá: {program}",
    ),
    hint(
      "Does it listen on this port, and not only for itself (-H 127.0.0.1)? Its start says so",
      "Ele escuta nesta porta, e não só para si (-H 127.0.0.1)? Ele mostra isso ao iniciar",
    ),
    SERVER_SIDE,
  ),
  "port-rejected": says(
    "a firewall refuses connections to {address}, port {port} ({ms} ms)",
    "um firewall recusa conexões a {address}, porta {port} ({ms} ms)",
    OPEN_PORT,
    WINDOWS_SERVER,
    MACOS,
  ),
  "port-absent": says(
    "no machine answers at {address} ({ms} ms)",
    "nenhuma máquina responde em {address} ({ms} ms)",
    hint(
      "Is the machine on, and is that its address? There: {program} doctor",
      "A máquina está ligada, e esse é o endereço dela? Lá: {program} doctor",
    ),
    ISOLATED,
    VPN,
    MACOS,
  ),
  "port-dropped": says(
    "{address} is there, but drops connections to port {port}: a firewall",
    "{address} está lá, mas descarta conexões à porta {port}: um firewall",
    OPEN_PORT,
    WINDOWS_SERVER,
  ),
  "port-silent": says(
    "no answer from {address}, port {port}, within {ms} ms",
    "nenhuma resposta de {address}, porta {port}, em {ms} ms",
    OPEN_PORT,
    WINDOWS_SERVER,
    hint(
      "Is that the address of the server, and is its machine on?",
      "Esse é o endereço do servidor, e a máquina dele está ligada?",
    ),
    hint(
      "Over the Internet, the router there must forward port {port}",
      "Pela Internet, o roteador de lá deve encaminhar a porta {port}",
    ),
    VPN,
  ),
  "port-unroutable": says(
    "this machine has no route to {address}",
    "esta máquina não tem rota até {address}",
    hint(
      "Is it in the right network? ip route shows where it can go",
      "Ela está na rede certa? ip route mostra aonde ela pode ir",
    ),
    hint(
      "An IPv6 address needs IPv6 here: try the IPv4 address",
      "Um endereço IPv6 precisa de IPv6 aqui: tente o endereço IPv4",
    ),
  ),
  "port-failed": says(
    "{address}, port {port}: {system}",
    "{address}, porta {port}: {system}",
    SERVER_SIDE,
  ),
  "port-untried": UNTRIED,
  "proxy-none": says("no proxy is set", "nenhum proxy está definido"),
  "proxy-unused": says(
    "{variables}: not used, and not needed",
    "{variables}: não usado, nem necessário",
  ),
  "proxy-ignored": says(
    "{variables}: tcp-chat uses no proxy, and this network may need one",
    "{variables}: o tcp-chat não usa proxy, e esta rede pode exigir um",
    hint(
      "Ask for the port to be opened, or use a VPN or ssh -L 5555:HOST:5555",
      "Peça a liberação da porta, ou use uma VPN ou ssh -L 5555:HOST:5555",
    ),
  ),
  "proxy-untried": UNTRIED,
} as const satisfies Readonly<Record<string, FindingText>>;
