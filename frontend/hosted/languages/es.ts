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
  uses: (app) => `${app} la usará con la clave o la contraseña que introduzca, y podrá hacer lo que esta permita.`,
  entering: (service) => `A continuación introducirá lo que ${service} le ha dado, por ejemplo una clave de API.`,
  toForm: "Continuar",
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
    other: (app) => ({
      title: "Esta es otra cuenta",
      text: `No es la que se quería volver a conectar, así que nada ha cambiado. ${back(app)}`,
    }),
    full: (app) => ({
      title: "Hay demasiadas cuentas",
      text: `No se ha conectado nada. Desconecte una que no necesite. ${back(app)}`,
    }),
    busy: () => ({ title: "Demasiados intentos", text: "Espere un momento e inténtelo de nuevo." }),
    failed: () => ({ title: "No ha funcionado", text: "No se conectó nada. Inténtelo de nuevo en un momento." }),
    missing: () => ({ title: "Aquí no hay nada", text: "Revise la dirección o vuelva al lugar de donde vino." }),
  },
};
