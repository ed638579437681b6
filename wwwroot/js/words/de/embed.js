// German: the page that is framed by pages of others.
import { speak } from '../../ui/language.js';

speak('de', 'embed', {
  title: 'Livebild',
  waiting: 'Wartet auf eine Kamera',
  connecting: 'Verbindet',
  away: 'Verbindung verloren, kommt zurück',
});
