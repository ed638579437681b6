// German: the page with a user's videos.
import { dateAndTime, day, size, speak } from '../../ui/language.js';

const DAY_MS = 86_400_000;

/** @type {Readonly<Record<string, string>>} */
const KINDS = { analyse: 'Analyse', reframe: 'Neuer Bildausschnitt' };

speak('de', 'library', {
  title: 'Mediathek',
  drop: 'Videos hier ablegen',
  add: 'Videos hinzufügen',
  dropNow: 'Zum Hochladen loslassen',
  choose: 'Videos wählen',
  accepts: (megabytes) => `MP4, MOV, MKV, WebM oder AVI, je bis ${size(megabytes * 1e6)}.`,
  retained: (days) => (days === 1 ? 'Ein Video wird einen Tag aufbewahrt.' : `Ein Video wird ${days} Tage aufbewahrt.`),
  uploads: 'Uploads',
  videos: 'Ihre Videos',
  empty: 'Noch keine Videos',
  emptyHint: 'Eine Datei auf dieser Seite ablegen oder wählen. Ein abgebrochener Upload geht dort weiter, wo er war.',
  more: 'Mehr anzeigen',
  loading: 'Liest Ihre Videos',
  failed: 'Der Server antwortet nicht. Neuer Versuch läuft.',

  progress: (name) => `Upload von ${name}`,
  sent: (bytes, total) => (bytes === 0 ? size(total) : `${size(bytes)} von ${size(total)}`),
  rate: (perSecond) => `${size(perSecond)}/s`,
  remaining: (seconds) => {
    if (seconds < 60) return `noch ${Math.max(1, Math.ceil(seconds))} s`;
    return seconds < 5400 ? `noch ${Math.round(seconds / 60)} min` : `noch ${Math.round(seconds / 3600)} h`;
  },
  state: {
    queued: 'Wartet, bis es dran ist',
    sending: 'Lädt hoch',
    checking: 'Liest das Video',
    paused: 'Angehalten',
    away: 'Verbindung verloren, geht danach weiter',
    kept: 'Unterbrochen: dieselbe Datei noch einmal wählen',
    failed: 'Nicht hochgeladen',
    done: 'Fertig',
  },
  unreadable: 'Die Datei hat sich geändert oder lässt sich nicht mehr lesen: bitte neu wählen',
  pause: 'Anhalten',
  resume: 'Fortsetzen',
  again: 'Noch einmal versuchen',
  chooseAgain: 'Datei wählen',
  cancel: 'Abbrechen',
  pauseNamed: (name) => `Upload von ${name} anhalten`,
  resumeNamed: (name) => `Upload von ${name} fortsetzen`,
  againNamed: (name) => `Upload von ${name} noch einmal versuchen`,
  chooseNamed: (name) => `${name} noch einmal wählen`,
  cancelNamed: (name) => `Upload von ${name} abbrechen`,
  uploaded: (name) => `${name} ist hochgeladen`,
  otherFile: (name) => `Das ist nicht die unterbrochene Datei. Bitte ${name} wählen.`,
  tooLarge: (name, megabytes) => `${name} ist zu groß: Ein Video hat höchstens ${size(megabytes * 1e6)} (Store:MaxVideoMegabytes).`,
  noBytes: (name) => `${name} ist leer.`,
  refused: (why) => why || 'Der Server hat abgelehnt.',

  play: (name, time) => `${name} abspielen, ${time}`,
  analysis: 'Analyse',
  analysisOf: (name) => `Analyse von ${name}`,
  studio: 'Studio',
  studioOf: (name) => `${name} im Studio öffnen`,
  found: 'Was gefunden wurde',
  download: 'Herunterladen',
  downloadNamed: (name) => `${name} herunterladen`,
  remove: (name) => `${name} löschen`,
  removeTitle: 'Dieses Video löschen?',
  removeHint: (name) => `„${name}“ geht endgültig verloren, mit allem, was darin gefunden wurde.`,
  removeYes: 'Löschen',
  removeNo: 'Behalten',
  removed: (name) => `${name} ist gelöscht`,
  removeFailed: (name) => `${name} ließ sich nicht löschen. Bitte noch einmal versuchen.`,
  unplayable: 'Dieser Browser kann diese Art Datei nicht abspielen. Zum Ansehen herunterladen.',
  boxes: 'Rahmen',
  expires: (end, now) => {
    const days = Math.ceil((end.getTime() - now.getTime()) / DAY_MS);
    return days <= 0 ? 'Wird gleich gelöscht' : days === 1 ? 'Wird in einem Tag gelöscht' : `Wird in ${days} Tagen gelöscht`;
  },
  expiresAt: dateAndTime,
  added: day,

  job: { queued: 'wartet', processing: 'läuft', completed: 'fertig', failed: 'fehlgeschlagen', cancelled: 'abgebrochen' },
  kind: (kind) => KINDS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1),
  jobNamed: (kind, video) => `${kind}: ${video}`,
  jobCancel: (kind, video) => `Abbrechen: ${kind}, ${video}`,

  keyTitle: 'Dieser Server verlangt einen Schlüssel',
  keyHint: 'Der Betreiber des Servers hat einen ausgestellt: vr_ und einige Zeichen. Dieser Browser behält ihn, bis er geschlossen wird.',
  keyLabel: 'Schlüssel',
  keyEnter: 'Meine Videos öffnen',
  keyBad: 'Der Server kennt diesen Schlüssel nicht.',
  keyAsk: 'Schlüssel eingeben',
  signedIn: (user) => user,
  signOut: 'Schlüssel vergessen',
});
