import type { Words } from "../words.ts";

const back = (app: string | null): string =>
  app === null ? "Volte ao lugar de onde veio e comece de novo." : `Volte a ${app} e comece de novo.`;

export const pt: Words = {
  language: "pt",
  loading: "Um momento…",
  title: (app) => `Conectar uma conta a ${app}`,
  person: (who) => `Para ${who}`,
  search: "Procurar serviços",
  found: (count) => (count === 1 ? "1 serviço" : `${count} serviços`),
  noneFound: "Nenhum serviço tem esse nome.",
  nothing: (app) => `${app} ainda não tem nada para conectar.`,
  asks: (app, service) => `${app} pede acesso à sua conta de ${service}`,
  may: "Poderá fazer o seguinte:",
  decides: (service) => `${service} mostrará do que se trata.`,
  later: (service) =>
    `A seguir, ${service} pergunta a você. Lá você pode recusar, e pode retirar o acesso a qualquer momento.`,
  goOn: (service) => `Continuar para ${service}`,
  uses: (app) => `${app} vai usá-la com a chave ou a senha que você informar, e poderá fazer o que ela permite.`,
  entering: (service) => `A seguir você informa o que ${service} lhe deu, por exemplo uma chave de API.`,
  toForm: "Continuar",
  leaving: (service) => `Indo para ${service}…`,
  cancel: "Cancelar",
  others: "Escolher outro serviço",
  again: "Tentar de novo",
  close: "Fechar esta janela",
  problems: {
    used: (app) => ({ title: "Este link já foi usado", text: `Ele serve uma vez. ${back(app)}` }),
    expired: (app) => ({ title: "Este link não é mais válido", text: `O prazo terminou. ${back(app)}` }),
    elsewhere: (app) => ({
      title: "Isto foi começado em outro navegador",
      text: `Só continua naquele. ${back(app)}`,
    }),
    cancelled: (app) => ({ title: "Isto foi cancelado", text: `Nada foi conectado. ${back(app)}` }),
    damaged: (app) => ({
      title: "Este link não funciona",
      text: `Está danificado ou venceu há muito tempo. ${back(app)}`,
    }),
    unavailable: (app) => ({
      title: "Não é possível conectar agora",
      text: `Não está configurado. Avise ${app === null ? "quem enviou você para cá" : `a equipe de ${app}`}.`,
    }),
    other: (app) => ({
      title: "Esta é outra conta",
      text: `Não é a que deveria ser conectada de novo, então nada mudou. ${back(app)}`,
    }),
    full: (app) => ({
      title: "Há contas demais",
      text: `Nada foi conectado. Desconecte uma de que não precisa. ${back(app)}`,
    }),
    busy: () => ({ title: "Tentativas demais", text: "Espere um momento e tente de novo." }),
    failed: () => ({ title: "Não deu certo", text: "Nada foi conectado. Tente de novo em um momento." }),
    missing: () => ({ title: "Não há nada aqui", text: "Confira o endereço ou volte ao lugar de onde veio." }),
  },
};
