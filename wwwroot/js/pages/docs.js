// What the pages of documents have beside their text, which the server wrote: a light or a dark page.
import { startTheme } from '../ui/theme.js';

startTheme();
