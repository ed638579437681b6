// French: the page with the analysis of a video.
import { clock, counted, dateAndTime, length, number, percent, speak, tenths } from '../../ui/language.js';

/** @type {Readonly<Record<string, string>>} */
const KINDS = { analyse: 'Analyse', reframe: 'Recadrage' };
/** @type {Readonly<Record<string, string>>} */
const SCENES = { person: 'Personnes', product: 'Produits', both: 'Personnes et produits', none: 'Ni personnes ni produits' };
/** @type {Readonly<Record<string, string>>} */
const DIFFICULTIES = { easy: 'facile', medium: 'un peu de travail', hard: 'difficile' };

/** @param {string} id such as track_7 */
const numberIn = (id) => Number(id.match(/\d+$/)?.[0] ?? 0);

speak('fr', 'analysis', {
  title: 'Analyse',
  back: 'Vidéothèque',
  loading: 'Lecture de la vidéo',
  failed: 'Le serveur ne répond pas. Nouvel essai en cours.',
  gone: 'Cette vidéo n’existe pas. Elle a peut-être été supprimée.',
  unplayable: 'Ce navigateur ne peut pas lire ce type de fichier. Ce qui y a été trouvé figure quand même ci-dessous.',
  empty: 'Rien n’a encore été cherché dans cette vidéo.',
  stage: 'Image',

  boxes: 'Cadres',
  masks: 'Masques',
  previousCut: 'Scène précédente',
  nextCut: 'Scène suivante',
  previousPicture: 'Image précédente',
  nextPicture: 'Image suivante',
  place: (seconds, frame) => `${clock(seconds)} · image ${frame}`,
  box: ({ label, track_id: id, score }) => `${label}${id > 0 ? ` ${id}` : ''} · ${percent(score)}`,

  timeline: 'Chronologie',
  time: 'Temps',
  zoomIn: 'Agrandir',
  zoomOut: 'Réduire',
  lanes: 'Pistes : les flèches en choisissent une, Entrée va à son début, Échap n’en choisit aucune',
  timelineHint: 'Un clic y saute. Les triangles sont des coupes, les barres des objets suivis.',
  track: (span, fps) =>
    `${span.class} ${numberIn(span.track_id)}, de ${length(span.start_frame / fps)} à ${length(span.end_frame / fps)}, confiance moyenne ${percent(span.avg_confidence)}`,
  chartAlt: ({ classes, top }) => (classes.length === 0 ? 'Aucun objet' : `Objets au fil du temps, jusqu’à ${Math.ceil(top)} à la fois : ${classes.join(', ')}`),

  results: 'Ce qui a été trouvé',
  facts: ({ frames, detections, tracks, scenes }) => [
    counted(detections, 'objet', 'objets'), counted(tracks, 'piste', 'pistes'), counted(scenes, 'scène', 'scènes'),
    counted(frames, 'image examinée', 'images examinées'),
  ],
  model: ({ model, provider }) => `${model} sur ${provider}`,
  notice: (words) => `Remarque : ${words}.`,
  reading: (frames) => `${counted(frames, 'image lue', 'images lues')} jusqu’ici`,
  which: 'Quelle analyse',
  analysisAt: dateAndTime,

  filter: 'Afficher',
  classes: 'Classes',
  noClasses: 'Aucun objet trouvé.',
  confidence: 'Confiance à partir de',
  percent: (share) => percent(share),
  trackLabel: 'Piste',
  allTracks: 'Toutes les pistes',
  trackNamed: ({ class: name, track_id: id }) => `${name} ${numberIn(id)}`,
  moreTracks: (count) => `et ${counted(count, 'autre piste', 'autres pistes')} : à choisir sur la chronologie`,

  scenes: 'Scènes',
  sceneNumber: (index) => `Scène ${index}`,
  sceneTimes: (from, to) => `${length(from)} à ${length(to)}`,
  sceneJump: (index) => `Aller à la scène ${index}`,
  importance: (of) => `Importance ${of} sur 10`,
  sceneType: (type) => SCENES[type] ?? type,
  elements: 'Remplaçable',
  difficulty: (difficulty) => DIFFICULTIES[difficulty] ?? difficulty,

  export: 'Exporter',
  exportAs: (format) => `Exporter en ${format}`,

  ask: 'Nouvelle analyse',
  askFirst: 'Analyser cette vidéo',
  modelLabel: 'Modèle',
  modelAuto: 'Au choix du serveur',
  modelMotion: 'Ce qui bouge (sans poids)',
  every: 'Examiner une image sur',
  everyHint: (every, fps) => (every === 1 ? 'Chaque image est examinée.' : `Une image sur ${every} est examinée : ${number(fps / every, 1)} par seconde.`),
  confidenceAsk: 'Confiance minimale',
  labels: 'Autres noms de classes',
  labelsHint: 'Un par ligne : bottle = produit',
  labelsWrong: (line) => `« ${line} » n’est pas une paire de noms. Écrivez : bottle = produit`,
  masksAsk: 'Découper les objets (masques)',
  scenesAsk: 'Scènes',
  scenesCuts: 'Coupes',
  scenesLanguage: 'Décrites par le modèle de langage',
  scenesNone: 'Aucune',
  region: 'Seulement une partie de l’image',
  regionHint: 'Tracez-la sur l’image, ou saisissez-la en pour cent.',
  regionLeft: 'Gauche',
  regionTop: 'Haut',
  regionWidth: 'Largeur',
  regionHeight: 'Hauteur',
  start: 'Démarrer',
  startFailed: 'L’analyse n’a pas pu démarrer. Réessayez.',

  reframe: 'Recadrer',
  reframeHint: 'Une nouvelle vidéo dans un autre format, qui suit le sujet de chaque scène.',
  aspect: 'Format',
  render: 'Générer',
  reframeOpen: 'Ouvrir la nouvelle vidéo',

  job: (kind) => KINDS[kind] ?? kind,
  jobStatus: { queued: 'attend son tour', processing: 'en cours', completed: 'terminé', failed: 'échoué', cancelled: 'annulé' },
  step: { pending: 'à faire', processing: 'en cours', complete: 'terminé', error: 'échoué' },
  seconds: (seconds) => (seconds < 60 ? tenths(seconds) : length(seconds)),
  progress: (kind) => `Progression : ${kind.toLowerCase()}`,
  cancel: 'Annuler',
  cancelNamed: (kind) => `Annuler : ${kind.toLowerCase()}`,
  attempt: (attempt) => `Essai ${attempt}`,
  dismiss: 'Fermer',
  done: (kind) => `Terminé : ${kind.toLowerCase()}`,
  failedBecause: (kind, error) => `Échec : ${kind.toLowerCase()}. ${error ?? 'Le serveur n’a donné aucune raison'}`,
  cancelled: (kind) => `Annulé : ${kind.toLowerCase()}`,
});
