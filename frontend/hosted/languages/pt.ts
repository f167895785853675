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
    busy: () => ({ title: "Tentativas demais", text: "Espere um momento e tente de novo." }),
    failed: () => ({ title: "Não deu certo", text: "Nada foi conectado. Tente de novo em um momento." }),
    missing: () => ({ title: "Não há nada aqui", text: "Confira o endereço ou volte ao lugar de onde veio." }),
  },
  scopes: {
    airtable: {
      "schema.bases:read": "Ver a estrutura das suas bases",
      "data.records:read": "Ver os registros das suas bases",
      "user.email:read": "Ver seu endereço de e-mail",
    },
    facebook: {
      public_profile: "Receber seu nome e sua foto",
      email: "Receber seu endereço de e-mail",
      pages_show_list: "Ver as páginas que você administra",
    },
    github: {
      "read:user": "Ler seu perfil",
      "user:email": "Ler seus endereços de e-mail",
      "read:org": "Ver a quais organizações você pertence",
    },
    google: {
      openid: "Saber quem você é no Google",
      email: "Ver seu endereço de e-mail",
      profile: "Ver seu nome e sua foto",
      "https://www.googleapis.com/auth/drive.metadata.readonly": "Ver nomes e detalhes dos arquivos do seu Drive",
    },
    hubspot: {
      oauth: "Saber quem você é",
      "crm.objects.contacts.read": "Ver os contatos",
      "crm.objects.companies.read": "Ver as empresas",
      "crm.objects.owners.read": "Ver as pessoas da sua conta do HubSpot",
    },
    microsoft: {
      openid: "Fazer seu login",
      profile: "Ver seu perfil básico",
      email: "Ver seu endereço de e-mail",
      offline_access: "Manter o acesso que você dá",
      "User.Read": "Ler seu perfil",
      "Files.Read": "Ler seus arquivos",
      "Team.ReadBasic.All": "Ver os nomes das suas equipes",
    },
    slack: {
      "channels:read": "Ver os canais públicos",
      "groups:read": "Ver os canais privados de que você participa",
      "users:read": "Ver as pessoas do seu espaço de trabalho",
      "users:read.email": "Ver os e-mails das pessoas do seu espaço de trabalho",
      "team:read": "Ver o nome do seu espaço de trabalho",
    },
    spotify: {
      "user-read-private": "Ver seu nome e seu perfil",
      "user-read-email": "Ver seu endereço de e-mail",
      "playlist-read-private": "Ver suas playlists privadas",
      "playlist-read-collaborative": "Ver suas playlists compartilhadas",
    },
  },
};
