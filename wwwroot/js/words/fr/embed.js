// French: the page that is framed by pages of others.
import { speak } from '../../ui/language.js';

speak('fr', 'embed', {
  title: 'Image en direct',
  waiting: 'En attente d’une caméra',
  connecting: 'Connexion',
  away: 'Connexion perdue, reprise en cours',
});
