import { type FindingText, hint, says } from "./check_text.ts";
import { SERVER_SIDE, UNTRIED } from "./doctor_hints.ts";

const RIGHT_PORT = hint(
  "Is the port right? tcp-chat uses 5555 unless the server says another",
  "A porta está certa? O tcp-chat usa a 5555, se o servidor não disser outra",
);
const CLOCKS = hint(
  "If a clock is wrong, set it: sudo timedatectl set-ntp true",
  "Se um relógio está errado, acerte-o: sudo timedatectl set-ntp true",
);
const ICMP = hint(
  "Firewalls on the way must let ICMP through (fragmentation needed)",
  "Firewalls no caminho devem deixar passar ICMP (fragmentation needed)",
);

/** What is said of a server that was connected to. */
export const SERVER_CHECK_TEXTS = {
  "server-found": says("{agent}, protocol 2", "{agent}, protocolo 2"),
  "server-original": says(
    "an original server: protocol 1, which has no lists, uploads, login and TLS",
    "um servidor original: protocolo 1, sem listas, envios, login e TLS",
    hint(
      "A newer server on that machine brings them",
      "Um servidor mais novo nessa máquina os traz",
    ),
  ),
  "server-silent": says(
    "something accepts connections there, and says nothing",
    "algo aceita conexões ali, e não diz nada",
    RIGHT_PORT,
    hint(
      "A server behind a tunnel or a load balancer may be down",
      "Um servidor atrás de um túnel ou balanceador pode estar fora do ar",
    ),
    hint("If the server speaks TLS, add --tls", "Se o servidor fala TLS, acrescente --tls"),
  ),
  "server-other": says("{reason}", "{reason}", RIGHT_PORT),
  "server-rejected": says("{reason}", "{reason}", SERVER_SIDE),
  "server-closed": says(
    "{reason}",
    "{reason}",
    hint(
      "A firewall or proxy on the way may cut the connection",
      "Um firewall ou proxy no caminho pode cortar a conexão",
    ),
    RIGHT_PORT,
  ),
  "server-broken": says("{reason}", "{reason}", RIGHT_PORT),
  "server-untried": UNTRIED,
  "tls-proven": says(
    "the server has the key that is known: {fingerprint}",
    "o servidor tem a chave conhecida: {fingerprint}",
  ),
  "tls-trusted": says(
    "the certificate is one that this system trusts",
    "o certificado é um em que este sistema confia",
  ),
  "tls-here": says(
    "none, and none is needed on one machine",
    "nenhum, nem é preciso numa máquina só",
  ),
  "tls-none": says(
    "the server speaks none: everybody in the network can read along",
    "o servidor não usa: qualquer um na rede pode ler tudo",
    hint(
      "Start it with --tls, and connect with the address that it prints",
      "Inicie-o com --tls, e conecte com o endereço que ele mostra",
    ),
  ),
  "tls-new": says(
    "the server is not known yet; its key is {fingerprint}",
    "o servidor ainda não é conhecido; a chave dele é {fingerprint}",
    hint(
      "Compare it with the one that the server printed when it started",
      "Compare-a com a que o servidor mostrou ao iniciar",
    ),
  ),
  "tls-ending": says(
    "the server has the key that is known, but its certificate ends on {validTo}",
    "o servidor tem a chave conhecida, mas o certificado vence em {validTo}",
    hint(
      "Renew it on the server; a server with a key of its own does that at its next start",
      "Renove-o no servidor; um servidor com chave própria faz isso ao reiniciar",
    ),
  ),
  "tls-needed": says(
    "the server speaks TLS only; its key is {fingerprint}",
    "o servidor só fala TLS; a chave dele é {fingerprint}",
    hint(
      "Add --tls, and compare the key with the one that the server printed",
      "Acrescente --tls, e compare a chave com a que o servidor mostrou",
    ),
  ),
  "tls-unspoken": says(
    "the server speaks no TLS",
    "o servidor não fala TLS",
    hint(
      "Start the server with --tls, or connect with --no-tls",
      "Inicie o servidor com --tls, ou conecte com --no-tls",
    ),
  ),
  "tls-changed": says(
    "{reason}",
    "{reason}",
    hint(
      "Ask the operator whether the key was made anew. If not, somebody else answers: do not connect",
      "Pergunte ao operador se a chave foi refeita. Se não, outro responde: não conecte",
    ),
    hint(
      "If it was: --fingerprint, with the key that the server prints",
      "Se foi: --fingerprint, com a chave que o servidor mostra",
    ),
  ),
  "tls-unusable": says("{reason}", "{reason}", SERVER_SIDE),
  "tls-expired": says(
    "{reason}",
    "{reason}",
    CLOCKS,
    hint("Renew the certificate on the server", "Renove o certificado no servidor"),
  ),
  "tls-early": says("{reason}", "{reason}", CLOCKS),
  "tls-failed": says("{reason}", "{reason}", RIGHT_PORT),
  "tls-untried": UNTRIED,
  "clock-same": says(
    "{seconds} s {side} of this one",
    "{side} {seconds} s em relação a este",
  ),
  "clock-off": says(
    "the server's clock is {seconds} s {side} of this one",
    "o relógio do servidor está {side} {seconds} s em relação a este",
    hint(
      "Set the wrong one: sudo timedatectl set-ntp true",
      "Acerte o errado: sudo timedatectl set-ntp true",
    ),
  ),
  "clock-unknown": says("the server does not tell its time", "o servidor não informa a hora"),
  "clock-untried": UNTRIED,
  "login-unneeded": says("not needed", "não é preciso"),
  "login-done": says("{user}, {role}", "{user}, {role}"),
  "login-needed": says(
    "the server takes accounts only",
    "o servidor só aceita contas",
    hint(
      "Add --user NAME; the operator makes accounts: {program} user add NAME",
      "Acrescente --user NOME; o operador cria contas: {program} user add NOME",
    ),
  ),
  "login-unproven": says(
    "not tried with a server that is not known",
    "não tentado com um servidor que não é conhecido",
  ),
  "login-refused": says(
    "{reason}",
    "{reason}",
    hint(
      "The operator gives a new password: {program} user passwd NAME",
      "O operador dá outra senha: {program} user passwd NAME",
    ),
  ),
  "login-silent": says(
    "no answer in time",
    "sem resposta a tempo",
    hint(
      "After wrong passwords a server checks the next one later: try again in half a minute",
      "Após senhas erradas, o servidor demora a verificar a próxima: tente de novo em meio minuto",
    ),
  ),
  "login-untried": UNTRIED,
  "answers-quick": says(
    "half within {half} ms, 99 % within {most} ms, of {count}",
    "metade em {half} ms, 99 % em {most} ms, de {count}",
  ),
  "answers-slow": says(
    "slow: half within {half} ms, 99 % within {most} ms, of {count}",
    "lentas: metade em {half} ms, 99 % em {most} ms, de {count}",
    hint(
      "Weak Wi-Fi, a VPN, or a busy machine: try a cable",
      "Wi-Fi fraco, VPN ou máquina ocupada: tente um cabo",
    ),
  ),
  "answers-none": says(
    "the server does not answer in time",
    "o servidor não responde a tempo",
    SERVER_SIDE,
  ),
  "answers-lost": says("{reason}", "{reason}", SERVER_SIDE),
  "answers-untried": UNTRIED,
  "packets-pass": says("up to {bytes} bytes pass", "até {bytes} bytes passam"),
  "packets-slow": says(
    "{passed} bytes pass; {stuck} take longer than 1.5 s",
    "{passed} bytes passam; {stuck} levam mais de 1,5 s",
  ),
  "packets-vanish": says(
    "messages of {stuck} bytes never arrive, those of {passed} do: large packets vanish on the way",
    "mensagens de {stuck} bytes nunca chegam, as de {passed} sim: pacotes grandes somem no caminho",
    hint(
      "Lower the MTU of the VPN or the interface: sudo ip link set dev INTERFACE mtu 1280",
      "Diminua o MTU da VPN ou da interface: sudo ip link set dev INTERFACE mtu 1280",
    ),
    ICMP,
  ),
  "packets-lost": says(
    "large answers of the server do not arrive: large packets vanish on the way",
    "respostas grandes do servidor não chegam: pacotes grandes somem no caminho",
    hint(
      "Lower the MTU on the server's side: sudo ip link set dev INTERFACE mtu 1280",
      "Diminua o MTU do lado do servidor: sudo ip link set dev INTERFACE mtu 1280",
    ),
    ICMP,
  ),
  "packets-untried": UNTRIED,
  "speed-measured": says(
    "{down}/s from the server, {up}/s to it",
    "{down}/s do servidor, {up}/s para ele",
  ),
  "speed-halting": says(
    "{down}/s from the server, {up}/s to it, with {pauses} pauses: packets get lost",
    "{down}/s do servidor, {up}/s para ele, com {pauses} pausas: pacotes se perdem",
    hint(
      "Weak Wi-Fi or a bad cable: come closer, or try another",
      "Wi-Fi fraco ou cabo ruim: chegue mais perto, ou tente outro",
    ),
  ),
  "speed-up": says(
    "{up}/s to the server; no file of 1 MB there to fetch",
    "{up}/s para o servidor; não há lá um arquivo de 1 MB para buscar",
  ),
  "speed-untried": UNTRIED,
} as const satisfies Readonly<Record<string, FindingText>>;
