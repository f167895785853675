import type { FormWords } from "../words.ts";

export const pt: FormWords = {
  language: "pt",
  title: (service, app) => (app === null ? `Conectar ${service}` : `Conectar ${service} a ${app}`),
  kept: (service) =>
    `O que você informar é verificado com ${service} e guardado cifrado. Uma chave ou senha nunca é mostrada de novo.`,
  optional: "opcional",
  help: "Onde encontrar",
  newTab: "abre em uma nova aba",
  show: (title) => `Mostrar ${title}`,
  hidden: (lines) => (lines === 1 ? "Informado e oculto: 1 linha" : `Informado e oculto: ${lines} linhas`),
  choose: "Escolha…",
  none: "Nenhum",
  fixed: "Não muda para a conta que você conecta de novo.",
  connect: "Conectar",
  checking: (service) => `Verificando com ${service}…`,
  required: "Isto é necessário.",
  unlike: (example) =>
    example === null
      ? "Isto não parece correto. Copie de novo, sozinho e por inteiro."
      : `Isto não parece correto. É parecido com ${example}`,
  refused: (service) => `${service} não aceita isto. Nada foi guardado. Confira o que você informou.`,
  unreachable: "Não houve resposta. Confira sua conexão com a internet e tente de novo.",
  unasked: (service) => `Não é possível consultar ${service} agora. Nada foi guardado. Tente de novo em um momento.`,
  done: (service) => ({ title: `${service} está conectado`, text: "Você pode fechar esta janela." }),
};
