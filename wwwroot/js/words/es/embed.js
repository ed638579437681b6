// Spanish: the page that is framed by pages of others.
import { speak } from '../../ui/language.js';

speak('es', 'embed', {
  title: 'Imagen en directo',
  waiting: 'Esperando una cámara',
  connecting: 'Conectando',
  away: 'Conexión perdida, reconectando',
});
