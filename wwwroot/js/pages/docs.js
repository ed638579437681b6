// What the pages of documents have beside their text.
import { applyText } from '../ui/apply-text.js';
import { docsText } from '../ui/docs-text.js';
import { startTheme } from '../ui/theme.js';

applyText(document, { docs: docsText });
startTheme();
