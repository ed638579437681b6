// French: the page with a user's videos.
import { dateAndTime, day, size, speak } from '../../ui/language.js';

const DAY_MS = 86_400_000;

/** @type {Readonly<Record<string, string>>} */
const KINDS = { analyse: 'Analyse', reframe: 'Recadrage' };

speak('fr', 'library', {
  title: 'Vidéothèque',
  drop: 'Déposez des vidéos ici',
  add: 'Ajouter des vidéos',
  dropNow: 'Relâchez pour envoyer',
  choose: 'Choisir des vidéos',
  accepts: (megabytes) => `MP4, MOV, MKV, WebM ou AVI, jusqu’à ${size(megabytes * 1e6)} chacune.`,
  retained: (days) => (days === 1 ? 'Une vidéo est gardée un jour.' : `Une vidéo est gardée ${days} jours.`),
  uploads: 'Envois',
  videos: 'Vos vidéos',
  empty: 'Pas encore de vidéos',
  emptyHint: 'Déposez un fichier sur cette page, ou choisissez-en un. Un envoi interrompu reprend là où il était.',
  more: 'Afficher plus',
  loading: 'Lecture de vos vidéos',
  failed: 'Le serveur ne répond pas. Nouvel essai en cours.',

  progress: (name) => `Envoi de ${name}`,
  sent: (bytes, total) => (bytes === 0 ? size(total) : `${size(bytes)} sur ${size(total)}`),
  rate: (perSecond) => `${size(perSecond)}/s`,
  remaining: (seconds) => {
    if (seconds < 60) return `encore ${Math.max(1, Math.ceil(seconds))} s`;
    return seconds < 5400 ? `encore ${Math.round(seconds / 60)} min` : `encore ${Math.round(seconds / 3600)} h`;
  },
  state: {
    queued: 'Attend son tour',
    sending: 'Envoi en cours',
    checking: 'Lecture de la vidéo',
    paused: 'En pause',
    away: 'Connexion perdue, reprise dès son retour',
    kept: 'Interrompu : choisissez le même fichier pour reprendre',
    failed: 'Non envoyé',
    done: 'Terminé',
  },
  unreadable: 'Le fichier a changé ou ne peut plus être lu, choisissez-le à nouveau',
  pause: 'Pause',
  resume: 'Reprendre',
  again: 'Réessayer',
  chooseAgain: 'Choisir le fichier',
  cancel: 'Annuler',
  pauseNamed: (name) => `Mettre en pause l’envoi de ${name}`,
  resumeNamed: (name) => `Reprendre l’envoi de ${name}`,
  againNamed: (name) => `Réessayer d’envoyer ${name}`,
  chooseNamed: (name) => `Choisir ${name} à nouveau`,
  cancelNamed: (name) => `Annuler l’envoi de ${name}`,
  uploaded: (name) => `${name} est envoyée`,
  otherFile: (name) => `Ce n’est pas le fichier interrompu. Choisissez ${name}.`,
  tooLarge: (name, megabytes) => `${name} est trop grande : une vidéo fait ${size(megabytes * 1e6)} au plus (Store:MaxVideoMegabytes).`,
  noBytes: (name) => `${name} est vide.`,
  refused: (why) => why || 'Le serveur l’a refusée.',

  play: (name, time) => `Lire ${name}, ${time}`,
  analysis: 'Analyse',
  analysisOf: (name) => `Analyse de ${name}`,
  studio: 'Studio',
  studioOf: (name) => `Ouvrir ${name} dans le studio`,
  found: 'Ce qui a été trouvé',
  download: 'Télécharger',
  downloadNamed: (name) => `Télécharger ${name}`,
  remove: (name) => `Supprimer ${name}`,
  removeTitle: 'Supprimer cette vidéo ?',
  removeHint: (name) => `« ${name} » disparaît pour de bon, avec tout ce qui y a été trouvé.`,
  removeYes: 'Supprimer',
  removeNo: 'La garder',
  removed: (name) => `${name} est supprimée`,
  removeFailed: (name) => `${name} n’a pas pu être supprimée. Réessayez.`,
  unplayable: 'Ce navigateur ne peut pas lire ce type de fichier. Téléchargez-le pour le voir.',
  boxes: 'Cadres',
  expires: (end, now) => {
    const days = Math.ceil((end.getTime() - now.getTime()) / DAY_MS);
    return days <= 0 ? 'Supprimée dans l’heure' : days === 1 ? 'Supprimée sous un jour' : `Supprimée dans ${days} jours`;
  },
  expiresAt: dateAndTime,
  added: day,

  job: { queued: 'en attente', processing: 'en cours', completed: 'terminé', failed: 'échoué', cancelled: 'annulé' },
  kind: (kind) => KINDS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1),
  jobNamed: (kind, video) => `${kind} de ${video}`,
  jobCancel: (kind, video) => `Annuler : ${kind.toLowerCase()} de ${video}`,

  keyTitle: 'Ce serveur demande une clé',
  keyHint: 'La personne qui gère le serveur en a créé une pour vous : vr_ et quelques lettres. Ce navigateur la garde jusqu’à sa fermeture.',
  keyLabel: 'Clé',
  keyEnter: 'Ouvrir mes vidéos',
  keyBad: 'Le serveur ne connaît pas cette clé.',
  keyAsk: 'Saisir une clé',
  signedIn: (user) => user,
  signOut: 'Oublier la clé',
});
