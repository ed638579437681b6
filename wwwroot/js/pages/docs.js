// What the pages of documents have beside their text, which the server wrote: words around it, and a light or a dark page.
import { applyText } from '../ui/apply-text.js';
import { docsText } from '../ui/docs-text.js';
import { startTheme } from '../ui/theme.js';

applyText(document, { docs: docsText });
startTheme();
