/**
 * Writes the sample files of server_files/, with the same bytes on every run: `deno task samples`.
 *
 * @module
 */
import { resolve } from "@std/path";

const TEXT_BYTES = 500_000;
const BINARY_BYTES = 15_000_000;
const BLOCK_BYTES = 4096;

const GREETING = `Olá! Este é um arquivo pequeno, feito para o seu primeiro download.
Se você está lendo isto, a transferência funcionou: parabéns!
Os acentos também viajam bem: ação, coração, útil, você, pão, linguiça, às três, à toa.
Agora experimente o arquivo médio, depois o grande, e mande um oi para todos no chat.
`;

const SUBJECTS = [
  "A pequena rede de bairro",
  "O velho farol da ilha",
  "Uma mensagem atrasada",
  "O servidor no fundo da sala",
  "A professora de música",
  "O carteiro da manhã",
  "Cada pacote numerado",
  "A janela aberta",
  "O gato do vizinho",
  "Um pescador paciente",
  "A biblioteca da praça",
  "O relógio da estação",
];
const VERBS = [
  "espera com calma",
  "guarda na memória",
  "atravessa a cidade até encontrar",
  "escuta sem pressa",
  "lembra em voz baixa",
  "descobre por acaso",
  "desenha no caderno",
  "entrega sempre inteira",
  "reconhece de longe",
  "nunca esquece",
];
const OBJECTS = [
  "a canção que começa ao anoitecer",
  "o caminho de volta para casa",
  "uma história que ninguém terminou",
  "cada byte que saiu do outro lado",
  "o cheiro de café e pão quente",
  "a chuva fina sobre os telhados",
  "as perguntas das crianças",
  "o silêncio entre duas ondas",
  "a resposta que já vinha pela rede",
  "um lugar à sombra das árvores",
  "o nome de todos os amigos",
];
const ENDINGS = [
  "quando o domingo termina",
  "antes que o sol se ponha",
  "enquanto a conversa continua",
  "mesmo que o sinal seja fraco",
  "assim que a conexão se abre",
  "depois do último aviso",
  "como se fosse a primeira vez",
];

/** The small sample: a few friendly lines. */
export function makeSmallText(): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(GREETING);
}

/** The medium sample: numbered Portuguese lines, as many as fit into 500,000 bytes. */
export function makeMediumText(): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const out = new Uint8Array(TEXT_BYTES);
  let length = 0;
  const random = makeRandom(2026);
  for (let number = 1;; number++) {
    const line = encoder.encode(`${String(number).padStart(5, "0")}  ${makeSentence(random)}\n`);
    if (length + line.length > out.length) return out.slice(0, length);
    out.set(line, length);
    length += line.length;
  }
}

/**
 * The large sample: 15,000,000 bytes in blocks of 4 KiB, each a number followed by a repeated byte.
 * All blocks differ, so a swapped or missing block shows; git still stores the file in under 100
 * KB.
 */
export function makeLargeBinary(): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(BINARY_BYTES);
  const view = new DataView(out.buffer);
  for (let offset = 0, number = 1; offset < out.length; offset += BLOCK_BYTES, number++) {
    out.fill(number % 255 + 1, offset, offset + BLOCK_BYTES);
    view.setUint32(offset, number);
  }
  return out;
}

type Random = (below: number) => number;

/**
 * A linear congruential generator (the constants of Numerical Recipes), the same on every system.
 */
function makeRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

function makeSentence(random: Random): string {
  const pick = (from: readonly string[]) => from[random(from.length)] ?? "";
  return `${pick(SUBJECTS)} ${pick(VERBS)} ${pick(OBJECTS)}, ${pick(ENDINGS)}.`;
}

if (import.meta.main) {
  const folder = resolve(import.meta.dirname ?? ".", "../server_files");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(resolve(folder, "teste_pequeno.txt"), makeSmallText());
  await Deno.writeFile(resolve(folder, "arquivo_medio.txt"), makeMediumText());
  await Deno.writeFile(resolve(folder, "arquivo_grande.bin"), makeLargeBinary());
}
