import type { Words } from "../words.ts";

const back = (app: string | null): string =>
  app === null ? "Vuelva al lugar de donde vino y empiece de nuevo." : `Vuelva a ${app} y empiece de nuevo.`;

export const es: Words = {
  language: "es",
  loading: "Un momento…",
  title: (app) => `Conectar una cuenta a ${app}`,
  person: (who) => `Para ${who}`,
  search: "Buscar servicios",
  found: (count) => (count === 1 ? "1 servicio" : `${count} servicios`),
  noneFound: "Ningún servicio se llama así.",
  nothing: (app) => `${app} todavía no tiene nada que conectar.`,
  asks: (app, service) => `${app} pide acceso a su cuenta de ${service}`,
  may: "Podrá hacer lo siguiente:",
  decides: (service) => `${service} le mostrará de qué se trata.`,
  later: (service) =>
    `A continuación se lo preguntará ${service}. Allí puede negarse, y puede retirar el acceso en cualquier momento.`,
  goOn: (service) => `Continuar a ${service}`,
  leaving: (service) => `Vamos a ${service}…`,
  cancel: "Cancelar",
  others: "Elegir otro servicio",
  again: "Intentar de nuevo",
  close: "Cerrar esta ventana",
  problems: {
    used: (app) => ({ title: "Este enlace ya se usó", text: `Sirve una sola vez. ${back(app)}` }),
    expired: (app) => ({ title: "Este enlace ya no es válido", text: `Su plazo ha terminado. ${back(app)}` }),
    elsewhere: (app) => ({
      title: "Esto se empezó en otro navegador",
      text: `Solo continúa en aquel. ${back(app)}`,
    }),
    cancelled: (app) => ({ title: "Esto se canceló", text: `No se conectó nada. ${back(app)}` }),
    damaged: (app) => ({
      title: "Este enlace no funciona",
      text: `Está dañado o caducó hace tiempo. ${back(app)}`,
    }),
    unavailable: (app) => ({
      title: "Ahora no se puede conectar",
      text: `No está configurado. Avise ${app === null ? "a quienes le enviaron aquí" : `al equipo de ${app}`}.`,
    }),
    busy: () => ({ title: "Demasiados intentos", text: "Espere un momento e inténtelo de nuevo." }),
    failed: () => ({ title: "No ha funcionado", text: "No se conectó nada. Inténtelo de nuevo en un momento." }),
    missing: () => ({ title: "Aquí no hay nada", text: "Revise la dirección o vuelva al lugar de donde vino." }),
  },
  scopes: {
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
      "https://www.googleapis.com/auth/drive.metadata.readonly":
        "Ver los nombres y detalles de los archivos de su Drive",
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
  },
};
