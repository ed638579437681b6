// Spanish: the page with a user's videos.
import { dateAndTime, day, size, speak } from '../../ui/language.js';

const DAY_MS = 86_400_000;

/** @type {Readonly<Record<string, string>>} */
const KINDS = { analyse: 'Análisis', reframe: 'Reencuadre' };

speak('es', 'library', {
  title: 'Videoteca',
  drop: 'Suelta vídeos aquí',
  add: 'Añadir vídeos',
  dropNow: 'Suelta para subirlos',
  choose: 'Elegir vídeos',
  accepts: (megabytes) => `MP4, MOV, MKV, WebM o AVI, de hasta ${size(megabytes * 1e6)} cada uno.`,
  retained: (days) => (days === 1 ? 'Un vídeo se guarda un día.' : `Un vídeo se guarda ${days} días.`),
  uploads: 'Subidas',
  videos: 'Tus vídeos',
  empty: 'Aún no hay vídeos',
  emptyHint: 'Suelta un archivo en esta página, o elige uno. Una subida interrumpida sigue donde estaba.',
  more: 'Mostrar más',
  loading: 'Leyendo tus vídeos',
  failed: 'El servidor no responde. Reintentando.',

  progress: (name) => `Subida de ${name}`,
  sent: (bytes, total) => (bytes === 0 ? size(total) : `${size(bytes)} de ${size(total)}`),
  rate: (perSecond) => `${size(perSecond)}/s`,
  remaining: (seconds) => {
    if (seconds < 60) return `faltan ${Math.max(1, Math.ceil(seconds))} s`;
    return seconds < 5400 ? `faltan ${Math.round(seconds / 60)} min` : `faltan ${Math.round(seconds / 3600)} h`;
  },
  state: {
    queued: 'Espera su turno',
    sending: 'Subiendo',
    checking: 'Leyendo el vídeo',
    paused: 'En pausa',
    away: 'Conexión perdida, sigue cuando vuelva',
    kept: 'Interrumpida: elige el mismo archivo para seguir',
    failed: 'No se subió',
    done: 'Listo',
  },
  unreadable: 'El archivo ha cambiado o ya no se puede leer: elígelo de nuevo',
  pause: 'Pausar',
  resume: 'Seguir',
  again: 'Reintentar',
  chooseAgain: 'Elegir el archivo',
  cancel: 'Cancelar',
  pauseNamed: (name) => `Pausar la subida de ${name}`,
  resumeNamed: (name) => `Seguir con la subida de ${name}`,
  againNamed: (name) => `Reintentar la subida de ${name}`,
  chooseNamed: (name) => `Elegir ${name} de nuevo`,
  cancelNamed: (name) => `Cancelar la subida de ${name}`,
  uploaded: (name) => `${name} se ha subido`,
  otherFile: (name) => `Ese no es el archivo interrumpido. Elige ${name}.`,
  tooLarge: (name, megabytes) => `${name} es demasiado grande: un vídeo ocupa como mucho ${size(megabytes * 1e6)} (Store:MaxVideoMegabytes).`,
  noBytes: (name) => `${name} está vacío.`,
  refused: (why) => why || 'El servidor lo rechazó.',

  play: (name, time) => `Reproducir ${name}, ${time}`,
  analysis: 'Análisis',
  analysisOf: (name) => `Análisis de ${name}`,
  studio: 'Estudio',
  studioOf: (name) => `Abrir ${name} en el estudio`,
  found: 'Lo encontrado',
  download: 'Descargar',
  downloadNamed: (name) => `Descargar ${name}`,
  remove: (name) => `Eliminar ${name}`,
  removeTitle: '¿Eliminar este vídeo?',
  removeHint: (name) => `«${name}» desaparece para siempre, con todo lo encontrado en él.`,
  removeYes: 'Eliminar',
  removeNo: 'Conservar',
  removed: (name) => `${name} se ha eliminado`,
  removeFailed: (name) => `No se pudo eliminar ${name}. Inténtalo de nuevo.`,
  unplayable: 'Este navegador no puede reproducir este tipo de archivo. Descárgalo para verlo.',
  boxes: 'Recuadros',
  expires: (end, now) => {
    const days = Math.ceil((end.getTime() - now.getTime()) / DAY_MS);
    return days <= 0 ? 'Se elimina en una hora' : days === 1 ? 'Se elimina en un día' : `Se elimina en ${days} días`;
  },
  expiresAt: dateAndTime,
  added: day,

  job: { queued: 'en espera', processing: 'en curso', completed: 'listo', failed: 'fallido', cancelled: 'cancelado' },
  kind: (kind) => KINDS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1),
  jobNamed: (kind, video) => `${kind} de ${video}`,
  jobCancel: (kind, video) => `Cancelar: ${kind.toLowerCase()} de ${video}`,

  keyTitle: 'Este servidor pide una clave',
  keyHint: 'Quien administra el servidor creó una para ti: vr_ y algunas letras. Este navegador la guarda hasta que se cierra.',
  keyLabel: 'Clave',
  keyEnter: 'Abrir mis vídeos',
  keyBad: 'El servidor no conoce esta clave.',
  keyAsk: 'Introducir una clave',
  signedIn: (user) => user,
  signOut: 'Olvidar la clave',
});
