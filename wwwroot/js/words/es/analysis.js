// Spanish: the page with the analysis of a video.
import { clock, counted, dateAndTime, length, number, percent, speak, tenths } from '../../ui/language.js';

/** @type {Readonly<Record<string, string>>} */
const KINDS = { analyse: 'Análisis', reframe: 'Reencuadre' };
/** @type {Readonly<Record<string, string>>} */
const SCENES = { person: 'Personas', product: 'Productos', both: 'Personas y productos', none: 'Ni personas ni productos' };
/** @type {Readonly<Record<string, string>>} */
const DIFFICULTIES = { easy: 'fácil', medium: 'algo de trabajo', hard: 'difícil' };

/** @param {string} id such as track_7 */
const numberIn = (id) => Number(id.match(/\d+$/)?.[0] ?? 0);

speak('es', 'analysis', {
  title: 'Análisis',
  back: 'Videoteca',
  loading: 'Leyendo el vídeo',
  failed: 'El servidor no responde. Reintentando.',
  gone: 'No existe ese vídeo. Puede que se haya eliminado.',
  unplayable: 'Este navegador no puede reproducir este tipo de archivo. Lo encontrado en él está abajo de todos modos.',
  empty: 'Aún no se ha buscado nada en este vídeo.',
  stage: 'Imagen',

  boxes: 'Recuadros',
  masks: 'Máscaras',
  previousCut: 'Escena anterior',
  nextCut: 'Escena siguiente',
  previousPicture: 'Imagen anterior',
  nextPicture: 'Imagen siguiente',
  place: (seconds, frame) => `${clock(seconds)} · imagen ${frame}`,
  box: ({ label, track_id: id, score }) => `${label}${id > 0 ? ` ${id}` : ''} · ${percent(score)}`,

  timeline: 'Línea de tiempo',
  time: 'Tiempo',
  zoomIn: 'Ampliar',
  zoomOut: 'Reducir',
  lanes: 'Pistas: las flechas eligen una, Intro salta a su inicio, Escape no elige ninguna',
  timelineHint: 'Un clic salta ahí. Los triángulos son cortes, las barras objetos seguidos.',
  track: (span, fps) =>
    `${span.class} ${numberIn(span.track_id)}, de ${length(span.start_frame / fps)} a ${length(span.end_frame / fps)}, confianza media ${percent(span.avg_confidence)}`,
  chartAlt: ({ classes, top }) => (classes.length === 0 ? 'Sin objetos' : `Objetos a lo largo del tiempo, hasta ${Math.ceil(top)} a la vez: ${classes.join(', ')}`),

  results: 'Lo encontrado',
  facts: ({ frames, detections, tracks, scenes }) => [
    counted(detections, 'objeto', 'objetos'), counted(tracks, 'pista', 'pistas'), counted(scenes, 'escena', 'escenas'),
    counted(frames, 'imagen examinada', 'imágenes examinadas'),
  ],
  model: ({ model, provider }) => `${model} en ${provider}`,
  notice: (words) => `Nota: ${words}.`,
  reading: (frames) => `${counted(frames, 'imagen leída', 'imágenes leídas')} hasta ahora`,
  which: 'Qué análisis',
  analysisAt: dateAndTime,

  filter: 'Mostrar',
  classes: 'Clases',
  noClasses: 'No se encontraron objetos.',
  confidence: 'Confianza desde',
  percent: (share) => percent(share),
  trackLabel: 'Pista',
  allTracks: 'Todas las pistas',
  trackNamed: ({ class: name, track_id: id }) => `${name} ${numberIn(id)}`,
  moreTracks: (count) => `y ${counted(count, 'pista más', 'pistas más')}: elígelas en la línea de tiempo`,

  scenes: 'Escenas',
  sceneNumber: (index) => `Escena ${index}`,
  sceneTimes: (from, to) => `${length(from)} a ${length(to)}`,
  sceneJump: (index) => `Ir a la escena ${index}`,
  importance: (of) => `Importancia ${of} de 10`,
  sceneType: (type) => SCENES[type] ?? type,
  elements: 'Se podría sustituir',
  difficulty: (difficulty) => DIFFICULTIES[difficulty] ?? difficulty,

  export: 'Exportar',
  exportAs: (format) => `Exportar como ${format}`,

  ask: 'Nuevo análisis',
  askFirst: 'Analizar este vídeo',
  modelLabel: 'Modelo',
  modelAuto: 'Lo elige el servidor',
  modelMotion: 'Lo que se mueve (sin pesos)',
  every: 'Examinar una imagen de cada',
  everyHint: (every, fps) => (every === 1 ? 'Se examina cada imagen.' : `Se examina una imagen de cada ${every}: ${number(fps / every, 1)} por segundo.`),
  confidenceAsk: 'Confianza mínima',
  labels: 'Otros nombres de clases',
  labelsHint: 'Uno por línea: bottle = producto',
  labelsWrong: (line) => `«${line}» no es un par de nombres. Escribe: bottle = producto`,
  masksAsk: 'Recortar objetos (máscaras)',
  scenesAsk: 'Escenas',
  scenesCuts: 'Cortes',
  scenesLanguage: 'Descritas por el modelo de lenguaje',
  scenesNone: 'Ninguna',
  region: 'Solo una parte de la imagen',
  regionHint: 'Dibújala en la imagen, o indícala en tanto por ciento.',
  regionLeft: 'Izquierda',
  regionTop: 'Arriba',
  regionWidth: 'Ancho',
  regionHeight: 'Alto',
  start: 'Empezar',
  startFailed: 'No se pudo empezar el análisis. Inténtalo de nuevo.',

  reframe: 'Reencuadrar',
  reframeHint: 'Un vídeo nuevo con otro formato, que sigue lo importante de cada escena.',
  aspect: 'Formato',
  render: 'Generar',
  reframeOpen: 'Abrir el vídeo nuevo',

  job: (kind) => KINDS[kind] ?? kind,
  jobStatus: { queued: 'espera su turno', processing: 'en curso', completed: 'listo', failed: 'fallido', cancelled: 'cancelado' },
  step: { pending: 'pendiente', processing: 'en curso', complete: 'listo', error: 'fallido' },
  seconds: (seconds) => (seconds < 60 ? tenths(seconds) : length(seconds)),
  progress: (kind) => `Progreso: ${kind.toLowerCase()}`,
  cancel: 'Cancelar',
  cancelNamed: (kind) => `Cancelar: ${kind.toLowerCase()}`,
  attempt: (attempt) => `Intento ${attempt}`,
  dismiss: 'Cerrar',
  done: (kind) => `Listo: ${kind.toLowerCase()}`,
  failedBecause: (kind, error) => `Falló: ${kind.toLowerCase()}. ${error ?? 'El servidor no dio ningún motivo'}`,
  cancelled: (kind) => `Cancelado: ${kind.toLowerCase()}`,
});
