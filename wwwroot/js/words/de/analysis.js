// German: the page with the analysis of a video.
import { clock, counted, dateAndTime, length, number, percent, speak, tenths } from '../../ui/language.js';

/** @type {Readonly<Record<string, string>>} */
const KINDS = { analyse: 'Analyse', reframe: 'Neuer Bildausschnitt' };
/** @type {Readonly<Record<string, string>>} */
const SCENES = { person: 'Personen', product: 'Produkte', both: 'Personen und Produkte', none: 'Weder Personen noch Produkte' };
/** @type {Readonly<Record<string, string>>} */
const DIFFICULTIES = { easy: 'leicht', medium: 'etwas Arbeit', hard: 'schwer' };

/** @param {string} id such as track_7 */
const numberIn = (id) => Number(id.match(/\d+$/)?.[0] ?? 0);

speak('de', 'analysis', {
  title: 'Analyse',
  back: 'Mediathek',
  loading: 'Liest das Video',
  failed: 'Der Server antwortet nicht. Neuer Versuch läuft.',
  gone: 'Dieses Video gibt es nicht. Vielleicht wurde es gelöscht.',
  unplayable: 'Dieser Browser kann diese Art Datei nicht abspielen. Was darin gefunden wurde, steht trotzdem unten.',
  empty: 'In diesem Video wurde noch nichts gesucht.',
  stage: 'Bild',

  boxes: 'Rahmen',
  masks: 'Masken',
  previousCut: 'Vorige Szene',
  nextCut: 'Nächste Szene',
  previousPicture: 'Voriges Bild',
  nextPicture: 'Nächstes Bild',
  place: (seconds, frame) => `${clock(seconds)} · Bild ${frame}`,
  box: ({ label, track_id: id, score }) => `${label}${id > 0 ? ` ${id}` : ''} · ${percent(score)}`,

  timeline: 'Zeitleiste',
  time: 'Zeit',
  zoomIn: 'Größer',
  zoomOut: 'Kleiner',
  lanes: 'Spuren: Pfeiltasten wählen eine, Enter springt an ihren Anfang, Escape wählt keine',
  timelineHint: 'Ein Klick springt dorthin. Dreiecke sind Schnitte, Balken verfolgte Objekte.',
  track: (span, fps) =>
    `${span.class} ${numberIn(span.track_id)}, ${length(span.start_frame / fps)} bis ${length(span.end_frame / fps)}, mittlere Konfidenz ${percent(span.avg_confidence)}`,
  chartAlt: ({ classes, top }) => (classes.length === 0 ? 'Keine Objekte' : `Objekte im Zeitverlauf, bis zu ${Math.ceil(top)} auf einmal: ${classes.join(', ')}`),

  results: 'Was gefunden wurde',
  facts: ({ frames, detections, tracks, scenes }) => [
    counted(detections, 'Objekt', 'Objekte'), counted(tracks, 'Spur', 'Spuren'), counted(scenes, 'Szene', 'Szenen'),
    `${counted(frames, 'Bild', 'Bilder')} untersucht`,
  ],
  model: ({ model, provider }) => `${model} auf ${provider}`,
  notice: (words) => `Hinweis: ${words}.`,
  reading: (frames) => `Bisher ${counted(frames, 'Bild', 'Bilder')} gelesen`,
  which: 'Welche Analyse',
  analysisAt: dateAndTime,

  filter: 'Anzeigen',
  classes: 'Klassen',
  noClasses: 'Keine Objekte gefunden.',
  confidence: 'Konfidenz ab',
  percent: (share) => percent(share),
  trackLabel: 'Spur',
  allTracks: 'Alle Spuren',
  trackNamed: ({ class: name, track_id: id }) => `${name} ${numberIn(id)}`,
  moreTracks: (count) => `und ${counted(count, 'weitere Spur', 'weitere Spuren')}: auf der Zeitleiste wählen`,

  scenes: 'Szenen',
  sceneNumber: (index) => `Szene ${index}`,
  sceneTimes: (from, to) => `${length(from)} bis ${length(to)}`,
  sceneJump: (index) => `Zu Szene ${index} springen`,
  importance: (of) => `Wichtigkeit ${of} von 10`,
  sceneType: (type) => SCENES[type] ?? type,
  elements: 'Ersetzbar wäre',
  difficulty: (difficulty) => DIFFICULTIES[difficulty] ?? difficulty,

  export: 'Export',
  exportAs: (format) => `Als ${format} exportieren`,

  ask: 'Neue Analyse',
  askFirst: 'Dieses Video analysieren',
  modelLabel: 'Modell',
  modelAuto: 'Der Server wählt',
  modelMotion: 'Was sich bewegt (ohne Gewichte)',
  every: 'Untersuchen: jedes n-te Bild',
  everyHint: (every, fps) => (every === 1 ? 'Jedes Bild wird untersucht.' : `Eines von ${every} Bildern wird untersucht: ${number(fps / every, 1)} pro Sekunde.`),
  confidenceAsk: 'Mindestkonfidenz',
  labels: 'Andere Namen für Klassen',
  labelsHint: 'Einer pro Zeile: bottle = Produkt',
  labelsWrong: (line) => `„${line}“ ist kein Namenspaar. Schreibweise: bottle = Produkt`,
  masksAsk: 'Objekte ausschneiden (Masken)',
  scenesAsk: 'Szenen',
  scenesCuts: 'Schnitte',
  scenesLanguage: 'Vom Sprachmodell beschrieben',
  scenesNone: 'Keine',
  region: 'Nur ein Teil des Bildes',
  regionHint: 'Auf dem Bild aufziehen oder in Prozent eingeben.',
  regionLeft: 'Links',
  regionTop: 'Oben',
  regionWidth: 'Breite',
  regionHeight: 'Höhe',
  start: 'Starten',
  startFailed: 'Die Analyse ließ sich nicht starten. Bitte noch einmal versuchen.',

  reframe: 'Bildausschnitt',
  reframeHint: 'Ein neues Video in einem anderen Format, das dem folgt, worum es in jeder Szene geht.',
  aspect: 'Format',
  render: 'Rendern',
  reframeOpen: 'Neues Video öffnen',

  job: (kind) => KINDS[kind] ?? kind,
  jobStatus: { queued: 'wartet, bis es dran ist', processing: 'läuft', completed: 'fertig', failed: 'fehlgeschlagen', cancelled: 'abgebrochen' },
  step: { pending: 'steht aus', processing: 'läuft', complete: 'fertig', error: 'fehlgeschlagen' },
  seconds: (seconds) => (seconds < 60 ? tenths(seconds) : length(seconds)),
  progress: (kind) => `Fortschritt: ${kind}`,
  cancel: 'Abbrechen',
  cancelNamed: (kind) => `Abbrechen: ${kind}`,
  attempt: (attempt) => `Versuch ${attempt}`,
  dismiss: 'Schließen',
  done: (kind) => `Fertig: ${kind}`,
  failedBecause: (kind, error) => `Fehlgeschlagen: ${kind}. ${error ?? 'Der Server nannte keinen Grund'}`,
  cancelled: (kind) => `Abgebrochen: ${kind}`,
});
