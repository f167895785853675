import type { ScopeWords } from "../scope-languages.ts";

export const pt: ScopeWords = {
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
};
