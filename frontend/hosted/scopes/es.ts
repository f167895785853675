import type { ScopeWords } from "../scope-languages.ts";

export const es: ScopeWords = {
  airtable: {
    "schema.bases:read": "Ver la estructura de sus bases",
    "data.records:read": "Ver los registros de sus bases",
    "user.email:read": "Ver su dirección de correo",
  },
  facebook: {
    public_profile: "Recibir su nombre y su foto",
    email: "Recibir su dirección de correo",
    pages_show_list: "Ver las páginas que administra",
  },
  github: {
    "read:user": "Leer su perfil",
    "user:email": "Leer sus direcciones de correo",
    "read:org": "Ver a qué organizaciones pertenece",
  },
  google: {
    openid: "Saber quién es usted en Google",
    email: "Ver su dirección de correo",
    profile: "Ver su nombre y su foto",
    "https://www.googleapis.com/auth/drive.metadata.readonly": "Ver los nombres y detalles de los archivos de su Drive",
  },
  hubspot: {
    oauth: "Saber quién es usted",
    "crm.objects.contacts.read": "Ver los contactos",
    "crm.objects.companies.read": "Ver las empresas",
    "crm.objects.owners.read": "Ver a las personas de su cuenta de HubSpot",
  },
  microsoft: {
    openid: "Iniciar su sesión",
    profile: "Ver su perfil básico",
    email: "Ver su dirección de correo",
    offline_access: "Conservar el acceso que usted da",
    "User.Read": "Leer su perfil",
    "Files.Read": "Leer sus archivos",
    "Team.ReadBasic.All": "Ver los nombres de sus equipos",
  },
  slack: {
    "channels:read": "Ver los canales públicos",
    "groups:read": "Ver los canales privados en los que está",
    "users:read": "Ver a las personas de su espacio de trabajo",
    "users:read.email": "Ver los correos de las personas de su espacio de trabajo",
    "team:read": "Ver el nombre de su espacio de trabajo",
  },
  spotify: {
    "user-read-private": "Ver su nombre y su perfil",
    "user-read-email": "Ver su dirección de correo",
    "playlist-read-private": "Ver sus listas privadas",
    "playlist-read-collaborative": "Ver sus listas compartidas",
  },
};
