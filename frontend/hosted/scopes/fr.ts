import type { ScopeWords } from "../scope-languages.ts";

export const fr: ScopeWords = {
  airtable: {
    "schema.bases:read": "Voir la structure de vos bases",
    "data.records:read": "Voir les enregistrements de vos bases",
    "user.email:read": "Voir votre adresse e-mail",
  },
  facebook: {
    public_profile: "Recevoir votre nom et votre photo",
    email: "Recevoir votre adresse e-mail",
    pages_show_list: "Voir les pages que vous gérez",
  },
  github: {
    "read:user": "Lire votre profil",
    "user:email": "Lire vos adresses e-mail",
    "read:org": "Voir à quelles organisations vous appartenez",
  },
  google: {
    openid: "Savoir qui vous êtes chez Google",
    email: "Voir votre adresse e-mail",
    profile: "Voir votre nom et votre photo",
    "https://www.googleapis.com/auth/drive.metadata.readonly":
      "Voir les noms et les détails des fichiers de votre Drive",
  },
  hubspot: {
    oauth: "Savoir qui vous êtes",
    "crm.objects.contacts.read": "Voir les contacts",
    "crm.objects.companies.read": "Voir les entreprises",
    "crm.objects.owners.read": "Voir les personnes de votre compte HubSpot",
  },
  microsoft: {
    openid: "Vous identifier",
    profile: "Voir votre profil de base",
    email: "Voir votre adresse e-mail",
    offline_access: "Garder l’accès que vous donnez",
    "User.Read": "Lire votre profil",
    "Files.Read": "Lire vos fichiers",
    "Team.ReadBasic.All": "Voir les noms de vos équipes",
  },
  slack: {
    "channels:read": "Voir les canaux publics",
    "groups:read": "Voir les canaux privés dont vous êtes membre",
    "users:read": "Voir les personnes de votre espace de travail",
    "users:read.email": "Voir les adresses e-mail des personnes de votre espace de travail",
    "team:read": "Voir le nom de votre espace de travail",
  },
  spotify: {
    "user-read-private": "Voir votre nom et votre profil",
    "user-read-email": "Voir votre adresse e-mail",
    "playlist-read-private": "Voir vos playlists privées",
    "playlist-read-collaborative": "Voir vos playlists partagées",
  },
};
