// Sentences around the documents; the documents are English.

/** Of the pages under `/docs`. */
export const docsText = Object.freeze({
  search: 'Search the documents',
  find: 'Find',
  contents: 'Contents',
});
